using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace SchoolSignal.Browser.Tests;

/// <summary>Somebody at the site: a browser window with cookies of its own. At its end nothing may have been said in the
/// browser's console: a script that failed, or something the Content-Security-Policy refused.</summary>
public sealed partial class Visit : IAsyncDisposable
{
    private static readonly string Screenshots = Path.Combine(RepositoryFolder(), "artifacts", "screenshots");

    private readonly IBrowserContext context;
    private readonly Device device;
    private readonly ConcurrentQueue<string> complaints = [];

    internal Visit(IBrowserContext context, IPage page, Device device)
    {
        this.context = context;
        this.device = device;
        Page = page;
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            // A status such as 400 is the answer under test, not a fault of the page.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) complaints.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Opens an address of the site and wants the status.</summary>
    public async Task GoAsync(string address, int status = 200)
    {
        var answer = await Page.GotoAsync(address);
        Assert.True(answer!.Status == status, $"{address} answers {answer.Status}, not {status}.");
    }

    /// <summary>Signs in at this machine's picker as somebody of the staff, by display name, and opens an address.</summary>
    public async Task SignInAsync(string name, string address = "/")
    {
        await GoAsync($"/local/signin?q={Uri.EscapeDataString(name)}&returnUrl={Uri.EscapeDataString(address)}");
        await Page.Locator("main button[name=staff]").First.ClickAsync();
        await Page.WaitForURLAsync(url => !url.Contains("/signin", StringComparison.Ordinal));
    }

    /// <summary>The page as a person with or without sight, a mouse or a wide screen finds it: no violation of WCAG 2.2 A or AA
    /// that axe can see, nothing wider than the screen, no word missing. Keeps a screenshot as artifacts/screenshots/NAME-DEVICE.png.</summary>
    /// <param name="name">Area and page, as "district/feeds".</param>
    public async Task AxeCleanAsync(string name)
    {
        await ScreenshotAsync(name);
        var result = await Page.RunAxe(new AxeRunOptions
        {
            // What is well is not written down, page after page; and no page frames another.
            ResultTypes = [ResultType.Violations],
            Iframes = false,
            RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
        });
        Assert.True(result.Violations.Length == 0, $"{name} on a {device}:\n" + string.Join('\n', result.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}\n  " + string.Join("\n  ", violation.Nodes.Select(node => node.Html)))));
        Assert.Equal(0, await Page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
        var missing = MissingWord().Match(await Page.Locator("body").InnerTextAsync());
        Assert.True(!missing.Success, $"{name}: {missing.Value} has no words.");
    }

    public Task ScreenshotAsync(string name) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{name}-{device}.png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(complaints);
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SchoolSignal.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }

    // A key that found no words is shown as itself.
    [GeneratedRegex(@"\b(?:Common|Start|SignIn|Forms|Cases|District|Audit|Rules|Mail|Reports)\.[A-Z]\w+")]
    private static partial Regex MissingWord();
}
