using System.Diagnostics;
using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>A process that imports is killed again and again; what the last one leaves is what an undisturbed one leaves.</summary>
public sealed class KilledImportTests
{
    private const int Schools = 6;
    private const int PupilsPerSchool = 150;
    private const int Kills = 5;

    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);

    [Fact]
    public async Task Import_KilledAtAnyMoment_LeavesWhatAnUndisturbedOneLeaves()
    {
        using var disturbed = new Testing.TempFolder();
        using var calm = new Testing.TempFolder();
        var feed = await BeginAsync(disturbed.Path);
        var calmFeed = await BeginAsync(calm.Path);
        await using (var app = new LocalApp(Today, data: calm.Path)) await app.WorkAsync();

        // Seeded, so that a failure can be looked at again; where a kill hits differs with the machine all the same.
        var random = new Random(20260213);
        for (var run = 0; run < Kills; run++)
        {
            using var child = Start(disturbed.Path, run);
            await Task.Delay(random.Next(700, 1700), TestContext.Current.CancellationToken);
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        using (var last = Start(disturbed.Path, Kills))
        {
            await last.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, last.ExitCode);
        }

        var expected = await StateAsync(calm.Path, calmFeed);
        Assert.Contains("referral", expected, StringComparison.Ordinal);
        Assert.Equal(expected, await StateAsync(disturbed.Path, feed));
    }

    /// <summary>The other process: works the queues of the folder until nothing is left.</summary>
    public static async Task<int> WorkAsync(string folder, string run)
    {
        // Five minutes later each time: what the one before had on loan is due again.
        await using var app = new LocalApp(
            Today, new DemoClock(new DateTimeOffset(Today, new TimeOnly(12, 5).AddMinutes(5 * int.Parse(run, CultureInfo.InvariantCulture)), TimeSpan.Zero)), folder);
        await app.Get<Domain.Messaging.OutboxSweeper>().SweepAsync(default);
        await app.WorkAsync();
        return 0;
    }

    private static Process Start(string folder, int run)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(KilledImportTests).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
        return Process.Start(program, [nameof(KilledImportTests), folder, run.ToString(CultureInfo.InvariantCulture)]);
    }

    /// <summary>A district with a roster, and a feed that has arrived and is not read yet.</summary>
    private static async Task<FeedId> BeginAsync(string folder)
    {
        await using var app = new LocalApp(Today, data: folder);
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        var roster = new StringBuilder("studentUniqueId,schoolId,enrolDate\n");
        var register = new StringBuilder("date,schoolId,studentUniqueId,code\n");
        for (var school = 0; school < Schools; school++)
            for (var pupil = 0; pupil < PupilsPerSchool; pupil++)
            {
                roster.Append(CultureInfo.InvariantCulture, $"p{school}-{pupil},School{school},2025-09-01\n");
                for (var day = new DateOnly(2025, 12, 1); day <= Today; day = day.AddDays(1))
                {
                    if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
                    var code = (pupil % 25 == 0 && day.Day % 2 == 0) || (pupil + day.DayNumber) % 23 == 0 ? "I" : "/";
                    register.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},School{school},p{school}-{pupil},{code}\n");
                }
            }
        await app.SendAsync(roster.ToString(), Roster);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(register.ToString()));
        return Assert.IsType<IntakeResult.Accepted>(await app.Get<FeedIntake>().ReceiveAsync(file, Register, long.MaxValue, null, default)).Status.Id;
    }

    /// <summary>Ledger, counts and referrals in words, so that a difference can be read.</summary>
    private static async Task<string> StateAsync(string folder, FeedId feed)
    {
        await using var app = new LocalApp(Today, data: folder);
        var text = new StringBuilder();
        var report = (await app.Get<FeedStore>().ReportAsync(feed, default))!;
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Status.State} {report.Status.Rows} {report.Changed} {report.Unchanged} {report.Superseded} {report.Filled} {report.Refused}");
        for (var school = 0; school < Schools; school++)
        {
            var marks = await app.MarksAsync($"School{school}", Year);
            var register = (await app.RegisterAsync($"School{school}", Year))!;
            text.AppendLine(CultureInfo.InvariantCulture, $"School{school} {marks.Count} {marks.Count(m => m.Value.IsAbsent)} {register.Totals.Possible.Sum()} {register.Totals.Absent.Sum()}");
            foreach (var (cell, mark) in marks.Where(m => m.Value.IsAbsent).OrderBy(m => m.Key)) text.AppendLine(CultureInfo.InvariantCulture, $"{cell} {mark}");
        }
        var referrals = new List<string>();
        foreach (var referral in await app.Get<ReferralStore>().ReadOpenAsync(default))
        {
            var pupil = await app.Get<StudentDirectory>().IdentifyAsync(referral.Student, default);
            referrals.Add($"referral {pupil!.UniqueId.Value} {referral.School} {referral.Level} {referral.State}");
        }
        return text.AppendJoin('\n', referrals.Order(StringComparer.Ordinal)).ToString();
    }
}
