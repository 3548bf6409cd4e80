using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace SchoolSignal.Adapters;

/// <summary>Where the district's storage account is: configuration section <c>Storage</c>. Either the two addresses, which are
/// opened with this app's managed identity, or a connection string, which only an emulator or a test has.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Such as https://ACCOUNT.table.core.windows.net.</summary>
    public Uri? TableEndpoint { get; set; }

    /// <summary>Such as https://ACCOUNT.blob.core.windows.net.</summary>
    public Uri? BlobEndpoint { get; set; }

    /// <summary>Of an emulator.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The container of the archive: 3 to 63 lower-case letters, digits and '-'.</summary>
    public string Container { get; set; } = "archive";

    /// <summary>The container that senders put files into.</summary>
    public string DropContainer { get; set; } = "drop";

    /// <summary>The blob service of the account that takes files by SFTP; null if there is none.</summary>
    public Uri? SftpEndpoint { get; set; }

    /// <summary>Before the name of every table, so that several apps can share an account: up to 20 letters and digits, a letter
    /// first. Empty where the account is the app's own.</summary>
    public string TablePrefix { get; set; } = "";

    /// <summary>True makes tables and container where they are missing. In Azure the template makes them.</summary>
    public bool Create { get; set; }

    /// <summary>Rows a second that this process writes to one partition, inclusive; a quarter as many may come in one burst. The
    /// service publishes 2,000 a second and partition, so one process stays well under it.</summary>
    public int RowsPerSecond { get; set; } = 1_000;

    /// <summary>How long one call to the service may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    public static StorageOptions Of(IConfiguration configuration)
    {
        var options = new StorageOptions();
        configuration.GetSection(Section).Bind(options);
        return options;
    }

    /// <summary>What is wrong with the options, in words; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (ConnectionString.Length == 0)
        {
            if (TableEndpoint is not { Scheme: "https" }) faults.Add("Storage:TableEndpoint is the account's table service, an https address.");
            if (BlobEndpoint is not { Scheme: "https" }) faults.Add("Storage:BlobEndpoint is the account's blob service, an https address.");
        }
        if (SftpEndpoint is not (null or { Scheme: "https" })) faults.Add("Storage:SftpEndpoint is the blob service of the SFTP account, an https address.");
        if (!IsContainer(Container)) faults.Add("Storage:Container is 3 to 63 lower-case letters, digits and '-'.");
        if (!IsContainer(DropContainer) || DropContainer == Container) faults.Add("Storage:DropContainer is 3 to 63 lower-case letters, digits and '-', and not the archive's.");
        if (TablePrefix.Length > 20 || !TablePrefix.All(char.IsAsciiLetterOrDigit) || (TablePrefix.Length > 0 && !char.IsAsciiLetter(TablePrefix[0])))
            faults.Add("Storage:TablePrefix is up to 20 letters and digits, a letter first.");
        if (RowsPerSecond is < 100 or > 2_000) faults.Add("Storage:RowsPerSecond is 100 to 2000.");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2)) faults.Add("Storage:Timeout is from one second to two minutes.");
        return faults;
    }

    /// <exception cref="ArgumentException">All that is wrong stands in the message.</exception>
    internal void Check()
    {
        if (Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join(' ', faults));
    }

    private static bool IsContainer(string name) =>
        name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>This app's managed identity, or a developer's own sign-in.</summary>
    internal static TokenCredential Identity() => new DefaultAzureCredential();
}
