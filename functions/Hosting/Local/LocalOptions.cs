using Microsoft.Extensions.Configuration;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>What the Local host is started with.</summary>
/// <param name="DataFolder">Holds the database, the archive and the key ring.</param>
/// <param name="Port">On 127.0.0.1; 0 takes any free one.</param>
public sealed record LocalOptions(string DataFolder, DistrictId District, int Port = LocalOptions.DefaultPort)
{
    public const int DefaultPort = 7071;

    /// <summary>Where the tenant is named (sections <c>Entra</c>, <c>PublicOrigin</c>), how Microsoft 365 is called (<c>Graph</c>), and a
    /// storage account and vault (<c>Storage</c>, <c>KeyVault</c>); without them the picker, the mailbox, the database and the folder of
    /// this machine.</summary>
    public IConfiguration Configuration { get; init; } = new ConfigurationBuilder().Build();

    /// <summary>True keeps every alert in the mailbox of this machine, whatever the configuration says, and lets it in without
    /// waiting: made-up staff have no address.</summary>
    public bool KeepsMailHere { get; init; }

    internal bool SendsThroughGraph => !KeepsMailHere && GraphServices.IsConfigured(Configuration);

    /// <summary>How many messages of one queue are worked on at once. More than there are processors: while some wait for
    /// the disk others compute, and what they write is flushed together.</summary>
    public int MessagesAtOnce { get; init; } = 8;

    /// <summary>How long a message is on loan to whoever works on it; renewed while the work goes on. Who dies is noticed after it.</summary>
    public TimeSpan Loan { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of a request's body, inclusive: what the Functions host takes, too.</summary>
    public long MaxBody { get; init; } = 100 * 1024 * 1024;

    /// <summary>False only for data that can be made again: what was acknowledged then survives the process, not the power.
    /// </summary>
    public bool SurvivesPowerCut { get; init; } = true;

    /// <summary>How long a stopping host waits for what it has begun.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);
}
