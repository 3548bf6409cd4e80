using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>The one page that may be framed, and only by Teams.</summary>
public sealed class TeamsTabTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly IHost host;
    private HttpClient client = null!;

    public TeamsTabTests() => host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("test"), Port: 0) { SurvivesPowerCut = false });

    public async ValueTask InitializeAsync()
    {
        await host.StartAsync();
        client = new HttpClient { BaseAddress = LocalHost.AddressOf(host) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.StopAsync();
        host.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("cases/0a0b0c0d0e0f00010203040506070809", "/cases/0a0b0c0d0e0f00010203040506070809")]
    [InlineData("concerns/0a0b0c0d0e0f00010203040506070809", "/concerns/0a0b0c0d0e0f00010203040506070809")]
    [InlineData("worklist", "/worklist")]
    [InlineData("", "/")]
    [InlineData("/elsewhere.example", "/")]
    [InlineData("cases/../district", "/")]
    [InlineData("{page.subPageId}", "/")]
    public async Task Get_FromANotice_LinksToItsPageOnly(string at, string path)
    {
        using var answer = await client.GetAsync(new Uri($"/teams?at={Uri.EscapeDataString(at)}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains($"href=\"{path}\" target=\"_blank\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.EndsWith(
            "frame-ancestors https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AnyOtherPage_MayNotBeFramed()
    {
        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.EndsWith("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }
}
