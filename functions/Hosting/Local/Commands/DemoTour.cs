using System.Globalization;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Shows a newcomer around the demo: the pupils with a story and where screening put them, the top of the
/// worklist with its reasons, and what to try next.</summary>
internal static class DemoTour
{
    private const int TopOfTheList = 3;

    public static async Task WriteAsync(
        CommandContext context, DemoDistrict district, IReadOnlyList<DemoAlert> alerts, CancellationToken cancellationToken)
    {
        var output = context.Output;
        await output.WriteLineAsync();
        if (district.Stories.Count > 0)
        {
            await output.WriteLineAsync("Pupils whose year you can follow, and what screening made of it:");
            await output.WriteLineAsync();
            foreach (var story in district.Stories)
            {
                await output.WriteLineAsync($"  {await LevelAsync(context, story, cancellationToken),-13}{story.GivenName} {story.FamilyName}, {story.Student}: {story.Title}");
                await output.WriteLineAsync($"  {"",-13}{story.Tells}");
            }
            await output.WriteLineAsync();
        }
        await WriteAlertsAsync(output, alerts);
        await output.WriteLineAsync("The top of the worklist:");
        await output.WriteLineAsync();
        await ReferralsCommand.RunAsync(context, null, json: false, TopOfTheList, cancellationToken);
        await output.WriteLineAsync();
        var data = Path.GetRelativePath(Directory.GetCurrentDirectory(), context.Options.DataFolder);
        var pupil = district.Stories.Count > 0 ? district.Stories[0].Student.Value : "STUDENT_UNIQUE_ID";
        await output.WriteLineAsync("Nobody here is real. Each is for a counsellor to look at; nothing is decided and nothing is diagnosed.");
        await output.WriteLineAsync($"Go on with: referrals --data {data} | explain {pupil} --data {data} | referrals --json --data {data}");
    }

    /// <summary>What happened, and what lay in the mailbox a moment later.</summary>
    private static async Task WriteAlertsAsync(TextWriter output, IReadOnlyList<DemoAlert> alerts)
    {
        if (alerts.Count == 0) return;
        await output.WriteLineAsync($"What was told, and to whom. The mails lie in the mailbox of this machine ({MailboxPages.Path} once it is served):");
        await output.WriteLineAsync();
        foreach (var alert in alerts)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {alert.At:dd MMM HH:mm:ss}  {alert.Happened}"));
            foreach (var mail in alert.Mails)
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"    {mail.At:HH:mm:ss}  to {mail.Recipient}: {mail.Subject}"));
        }
        await output.WriteLineAsync();
    }

    private static async Task<string> LevelAsync(CommandContext context, DemoStory story, CancellationToken cancellationToken)
    {
        if (story.NotScreenedBecause is not null) return "not screened";
        if (await context.Get<StudentDirectory>().FindAsync(story.Student, cancellationToken) is not { } key) return "not found";
        var stored = await context.Get<ReferralStore>().FindResultAsync(story.School, key, cancellationToken);
        return (stored?.Result.Level ?? Level.None).ToString();
    }
}
