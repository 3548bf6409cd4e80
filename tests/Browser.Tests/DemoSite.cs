using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Functions.Hosting.Local.Commands;
using SchoolSignal.Testing;

[assembly: AssemblyFixture(typeof(SchoolSignal.Browser.Tests.DemoSite))]

namespace SchoolSignal.Browser.Tests;

/// <summary>The demo district served as the README's command serves it, on a free port, and a Chromium to look at it; both
/// once for the whole run. Without a Chromium on the PATH the tests are skipped and say so; with CI=true they fail.</summary>
/// <remarks>Tests share the district: one that changes something takes a pupil, form or setting of its own.</remarks>
public sealed class DemoSite : IAsyncLifetime
{
    private const int Students = 600;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly TempFolder folder = new();
    private IHost? host;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The made-up district, to know whom to look for.</summary>
    public DemoDistrict District { get; } = DemoDistrict.Create(new DemoOptions { Students = Students });

    /// <summary>Where it is served, as http://localhost:40123.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>The host's services, to set a scene or to see what was stored.</summary>
    public T Get<T>() where T : notnull => host!.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        if (ExecutableOnPath() is not { } executable) return;
        await ServeAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            // A test machine's own container is the sandbox.
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
    }

    /// <summary>A browser window of its own, nobody signed in yet.</summary>
    /// <param name="language">What the browser asks for.</param>
    /// <param name="script">False is a browser with script turned off.</param>
    public async Task<Visit> VisitAsync(Device device, string language = "en-GB", bool script = true)
    {
        if (browser is null)
        {
            const string Missing = "There is no Chromium on the PATH; .ci/run installs one from Debian's packages.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Missing);
            Assert.Skip(Missing);
        }
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ViewportSize = new ViewportSize { Width = device.Width, Height = device.Height },
            IsMobile = device == Device.Phone,
            HasTouch = device == Device.Phone,
            Locale = language,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        // Beside two other suites on two cores a page takes its time.
        context.SetDefaultTimeout(30_000);
        return new Visit(context, await context.NewPageAsync(), device);
    }

    private async Task ServeAsync()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await SchoolSignalCommandLine.RunAsync(
            ["demo", "--no-serve", "--students", $"{Students}", "--data", folder["data"]], output, error, CancellationToken.None);
        Assert.True(code == 0, error.ToString());
        var lastDay = new DateTimeOffset(District.LastSchoolDay, new TimeOnly(17, 0), TimeSpan.Zero);
        host = LocalHost.Build(
            new LocalOptions(folder["data"], DistrictId.Parse(CommonOptions.DefaultDistrict), Port: 0) { SurvivesPowerCut = false },
            configure: services => services.AddSingleton<TimeProvider>(new DemoClock(lastDay)));
        await host.StartAsync();
        Address = new UriBuilder(LocalHost.AddressOf(host)) { Host = "localhost" }.Uri;
    }

    private static string? ExecutableOnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => Names.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (host is not null) await host.StopAsync();
        host?.Dispose();
        folder.Dispose();
    }
}
