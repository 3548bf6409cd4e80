using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>Screening over the store, from feeds that came through the queue.</summary>
public sealed class ScreeningRunsTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly SchoolId North = SchoolId.Parse("North");

    private readonly LocalApp app = new(Today);

    public async ValueTask InitializeAsync()
    {
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\n" + string.Concat(Enumerable.Range(1, 12).Select(i => $"s{i},North,2025-09-01\n")), Roster);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Correction_ThatRemovesTheGround_RetractsANewReferral()
    {
        await SendWeeksAsync(absent: "s1");
        var referral = Assert.Single(await app.Get<ReferralStore>().ReadOpenAsync(default));
        Assert.Equal(ReferralState.New, referral.State);
        await SendWeeksAsync(absent: "");
        Assert.Empty(await app.Get<ReferralStore>().ReadOpenAsync(default));
        Assert.Equal(ReferralState.Retracted, (await app.Get<ReferralStore>().FindAsync(referral.Student, referral.Id, default))!.State);
    }

    [Fact]
    public async Task ScreenPupil_EveryPupil_EqualsTheSchoolRun()
    {
        await SendWeeksAsync(absent: "s1");
        var school = await app.Get<ScreeningRuns>().ScreenSchoolAsync(North, Year, Today, save: false, default);
        Assert.Equal(12, school.Results.Count);
        foreach (var result in school.Results)
        {
            var alone = await app.Get<ScreeningRuns>().ScreenPupilAsync(result.Student, Today, save: false, (await app.Get<DistrictSettingsStore>().ReadAsync(default)).Settings, default);
            Assert.Equivalent(result, alone, strict: true);
        }
    }

    [Fact]
    public async Task StoredResultAndReferral_NameTheFeedsBehindEachTrigger()
    {
        var weeks = await SendWeeksAsync(absent: "s1");
        var corrected = await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-12,North,s1,O\n2026-02-13,North,s1,O\n", Register);
        var referral = Assert.Single(await app.Get<ReferralStore>().ReadOpenAsync(default));
        var stored = (await app.Get<ReferralStore>().FindResultAsync(North, referral.Student, default))!.Result;
        Assert.NotEmpty(stored.Triggers);
        foreach (var trigger in stored.Triggers.Concat(referral.Evidence.Triggers))
        {
            var expected = new[] { weeks, corrected.Status.Id }.Where(f => trigger.Dates.Any(d => d >= new DateOnly(2026, 2, 12) == (f != weeks)));
            Assert.Equal(expected, trigger.Feeds);
        }
        Assert.Contains(stored.Triggers, t => t.Feeds.Count == 2);
    }

    [Fact]
    public async Task StaleFeed_RestsAndSaysSo()
    {
        await SendWeeksAsync(absent: "s1", last: new DateOnly(2026, 1, 23));
        // No calendar says that the days since were school days; one does.
        await app.SendAsync("date,instructional\n" + string.Concat(Weekdays(new(2025, 12, 1), Today).Select(d => $"{d:yyyy-MM-dd},true\n")), new FeedRequest(FeedContent.Calendar));
        var school = await app.Get<ScreeningRuns>().ScreenSchoolAsync(North, Year, Today, save: false, default);
        Assert.All(school.Results, r => Assert.Equal(NotScreenedReason.StaleFeed, r.NotScreenedBecause));
    }

    [Fact]
    public async Task CorrectedCalendar_RescreensItsSchoolsAtOnce()
    {
        string Calendar(bool evenDays) => "date,instructional\n" + string.Concat(Weekdays(new(2025, 12, 1), Today)
            .Select(d => $"{d:yyyy-MM-dd},{(d < new DateOnly(2026, 1, 5) || d.DayNumber % 2 == 1 || evenDays)}\n"));
        await app.SendAsync(Calendar(evenDays: false), new FeedRequest(FeedContent.Calendar));
        await SendWeeksAsync(absent: "s1");
        Assert.Empty(await app.Get<ReferralStore>().ReadOpenAsync(default));
        await app.SendAsync(Calendar(evenDays: true), new FeedRequest(FeedContent.Calendar));
        Assert.Single(await app.Get<ReferralStore>().ReadOpenAsync(default));
    }

    [Fact]
    public async Task OptOutOrNoLegalBasis_IsNotScreenedAndSaysWhich()
    {
        await SendWeeksAsync(absent: "s1");
        var s1 = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("s1"), default))!.Value;
        await app.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { OptOuts = new HashSet<StudentKey> { s1 } }), default);
        Assert.Equal(NotScreenedReason.OptedOut, (await app.Get<ScreeningRuns>().ScreenPupilAsync(s1, Today, save: false, (await app.Get<DistrictSettingsStore>().ReadAsync(default)).Settings, default))!.NotScreenedBecause);
        await app.Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { OptOuts = new HashSet<StudentKey>(), LegalBasis = null }), default);
        Assert.Equal(NotScreenedReason.NoLegalBasis, (await app.Get<ScreeningRuns>().ScreenPupilAsync(s1, Today, save: false, (await app.Get<DistrictSettingsStore>().ReadAsync(default)).Settings, default))!.NotScreenedBecause);
    }

    [Fact]
    public async Task TransferredPupil_IsScreenedOnce_AtTheNewSchoolWithTheHistory()
    {
        var atNorth = await SendWeeksAsync(absent: "s1");
        await app.SendAsync("studentUniqueId,schoolId,enrolDate,exitDate\ns1,North,2025-09-01,2026-02-11\ns1,South,2026-02-12,\n", Roster);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-12,South,s1,/\n2026-02-13,South,s1,/\n", Register);
        var s1 = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("s1"), default))!.Value;
        var runs = app.Get<ScreeningRuns>();
        Assert.DoesNotContain((await runs.ScreenSchoolAsync(North, Year, Today, save: false, default)).Results, r => r.Student == s1);
        var there = Assert.Single((await runs.ScreenSchoolAsync(SchoolId.Parse("South"), Year, Today, save: false, default)).Results, r => r.Student == s1);
        Assert.Contains(there.Triggers, t => t.From < new DateOnly(2026, 2, 12));
        // The days were earned at the old school, and so was the word on them.
        Assert.All(there.Triggers, t => Assert.Equal([atNorth], t.Feeds));
    }

    [Fact]
    public async Task OlderDayWithoutSaving_ChangesNothing()
    {
        await SendWeeksAsync(absent: "s1");
        var before = await app.Get<ReferralStore>().ReadOpenAsync(default);
        await app.Get<ScreeningRuns>().ScreenSchoolAsync(North, Year, new DateOnly(2025, 12, 5), save: false, default);
        Assert.Equivalent(before, await app.Get<ReferralStore>().ReadOpenAsync(default), strict: true);
    }

    /// <summary>Every weekday since December: all present, but for one pupil's every second day from mid-January.</summary>
    private async Task<FeedId> SendWeeksAsync(string absent, DateOnly? last = null)
    {
        var rows = from day in Weekdays(new DateOnly(2025, 12, 1), last ?? Today)
                   from i in Enumerable.Range(1, 12)
                   let code = $"s{i}" == absent && day.DayNumber % 2 == 0 && day >= new DateOnly(2026, 1, 5) ? "O" : "/"
                   select $"{day:yyyy-MM-dd},North,s{i},{code}\n";
        return (await app.SendAsync("date,schoolId,studentUniqueId,code\n" + string.Concat(rows), Register)).Status.Id;
    }

    private static IEnumerable<DateOnly> Weekdays(DateOnly from, DateOnly to)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) yield return day;
    }
}
