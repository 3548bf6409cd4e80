using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Functions.Tests.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>A host whose settings name Microsoft 365 sends through it; one whose settings are half does not start.</summary>
public sealed class GraphHostTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Start_WithGraphSettings_AlertsGoOutThroughGraphToTheAllowListOnly()
    {
        var clock = new DemoClock(AlertRig.NineOClock);
        await using var graph = await FakeGraph.StartAsync(clock);
        using var host = Build(clock, Settings(graph.Service), services => services.AddSingleton(new GraphCredential(new AnyToken())));
        await host.StartAsync(CancellationToken.None);
        await HireAsync(host, "green");
        await HireAsync(host, "brown");

        Assert.IsType<ReferralChange.Opened>(await host.Services.GetRequiredService<ReferralStore>().ApplyAsync(
            AlertRig.Result(StudentKey.New(), Level.Raised, AlertRig.Thursday), _ => AlertRig.Result(StudentKey.New(), Level.Raised, AlertRig.Thursday),
            DistrictCapacity.Unlimited, CancellationToken.None));
        var failures = host.Services.GetRequiredService<FailureStore>();
        await Harness.UntilAsync(async () => !graph.Delivered.IsEmpty && (await failures.ListAsync(CancellationToken.None)).Count > 0);
        await host.StopAsync(CancellationToken.None);

        Assert.Equal("green@district.example", Assert.Single(graph.Delivered).Mail.To);
        Assert.Equal("Alert by Mail: NotOnTheAllowList", Assert.Single(await failures.ListAsync(CancellationToken.None)).Reason);
        Assert.Empty(graph.Violations);
        Assert.False(Directory.Exists(folder["mailbox"]));
    }

    [Fact]
    public async Task Start_HalfOfTheSettings_NamesWhatIsMissing()
    {
        using var host = Build(TimeProvider.System, new() { ["Graph:Mailbox"] = "signal" });

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal(
            ["Graph:TenantId", "Graph:ClientId", "Graph:OnlyTo", "Graph:Mailbox"], refused.Failures.Select(failure => failure.Split(' ')[0]));
    }

    private static Dictionary<string, string?> Settings(Uri service) => new()
    {
        ["Graph:TenantId"] = Guid.NewGuid().ToString(),
        ["Graph:ClientId"] = Guid.NewGuid().ToString(),
        ["Graph:Mailbox"] = "signal@district.example",
        ["Graph:Service"] = service.AbsoluteUri,
        ["Graph:OnlyTo:0"] = "Green@district.example",
    };

    private IHost Build(TimeProvider clock, Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null) => LocalHost.Build(
        new LocalOptions(folder.Path, DistrictId.Parse("test"), Port: 0)
        {
            SurvivesPowerCut = false,
            Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
        },
        configure: services =>
        {
            services.AddSingleton(clock);
            configure?.Invoke(services);
        });

    private static async Task HireAsync(IHost host, string name) => Assert.IsType<StaffSaved.Saved>(
        await host.Services.GetRequiredService<StaffStore>().SaveAsync(AlertRig.Somebody(name, Role.Counsellor), null, CancellationToken.None));
}
