using System.Text.Json;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.Demo;

namespace SchoolSignal.Functions.Tests.Commands;

public sealed class DemoCommandTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Demo_NoServe_PutsEveryStoryWhereItBelongs()
    {
        var district = DemoDistrict.Create(new DemoOptions { Students = 600 });
        Assert.NotEmpty(district.Stories);
        var demo = await cli.RunAsync("demo", "--no-serve", "--students", "600");
        Assert.True(demo.Code == 0, demo.Error);
        var screened = await cli.RunAsync("screen", "--json", "--as-of", district.LastSchoolDay.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var levels = JsonDocument.Parse(screened.Output).RootElement.GetProperty("students").EnumerateArray()
            .ToDictionary(s => s.GetProperty("studentUniqueId").GetString()!, s => s.GetProperty("level").GetString());
        Assert.All(district.Stories, story => Assert.Equal(story.ExpectedLevel.ToString(), levels[story.Student.Value]));
    }

    /// <summary>What README promises a newcomer: a form and its alert a second later, one nobody acknowledges going on, one taken back.</summary>
    [Fact]
    public async Task Demo_NoServe_ItsMailboxShowsAnAlertAnEscalationAndACorrection()
    {
        var demo = await cli.RunAsync("demo", "--no-serve", "--students", "600");
        Assert.True(demo.Code == 0, demo.Error);

        var mails = new FolderMailbox(Path.Combine(cli.Data, "mailbox"), TimeProvider.System).Sent().OrderBy(m => m.At).ToList();
        var alerts = mails.Where(m => m.Subject.StartsWith("A referral needs you", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, alerts.Count);
        // The forms were handed in at 10:00 and 10:20.
        Assert.All(alerts, mail => Assert.InRange(mail.At.TimeOfDay.TotalSeconds % 1_200, 0, 5));
        var (first, second) = (ReferenceOf(alerts[0]), ReferenceOf(alerts[1]));
        Assert.Equal($"A referral was taken back ({second})", mails[2].Subject);
        Assert.All(mails[3..], mail => Assert.Equal($"A referral has not been acknowledged yet ({first})", mail.Subject));
        Assert.NotEmpty(mails[3..]);
        Assert.All(mails[3..], mail => Assert.NotEqual(alerts[0].Recipient, mail.Recipient));
        Assert.Contains($"A referral was taken back ({second})", demo.Output, StringComparison.Ordinal);

        var verified = await cli.RunAsync("audit", "verify");
        Assert.True(verified.Code == 0, verified.Output + verified.Error);

        static string ReferenceOf(MailboxItem mail) => mail.Subject.Split('(', ')')[1];
    }

    [Fact]
    public async Task Demo_FolderOfSomethingElse_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(cli.Data);
        var file = Path.Combine(cli.Data, "mine.txt");
        await File.WriteAllTextAsync(file, "x");
        var ended = await cli.RunAsync("demo", "--no-serve", "--students", "10", "--days", "10");
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.Contains("--data", ended.Error, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(cli.Data));
    }
}
