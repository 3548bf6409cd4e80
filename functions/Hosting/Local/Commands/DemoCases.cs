using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The demo's counsellors at work in the weeks before: pupils who were to be looked into then, and no longer are, had a
/// referral that was acknowledged, led to a contact and was closed. Today's worklist is as the screening left it.</summary>
internal sealed class DemoCases(CommandContext context)
{
    private static readonly Verdict[] Verdicts =
        [Verdict.Supported, Verdict.NotAConcern, Verdict.Supported, Verdict.AlreadyKnown, Verdict.Supported, Verdict.NotAConcern, Verdict.AlreadyKnown, Verdict.NotAConcern];

    private readonly HourHand clock = new();

    /// <returns>How many cases.</returns>
    public async Task<int> LiveAsync(IReadOnlyList<ReportPeriod> weeks, DateOnly today, CancellationToken cancellationToken)
    {
        var referrals = new ReferralStore(
            context.Get<ITableStore>(), context.Get<Outbox>(), context.Get<DistrictId>(), context.Get<PupilPartitions>(), clock);
        var counsellors = (await context.Get<StaffStore>().ListAsync(cancellationToken)).Where(s => s.Roles.Contains(Role.Counsellor)).ToList();
        var year = SchoolYear.Containing(today);
        var cases = 0;
        foreach (var school in await context.Get<SchoolRegistry>().InYearAsync(year, cancellationToken))
        {
            if (counsellors.Find(s => s.Schools.Contains(school)) is not { } counsellor) continue;
            var now = (await ScreenAsync(school, year, today, cancellationToken)).ToDictionary(r => r.Student);
            var held = await referrals.ReadSchoolResultsAsync(school, cancellationToken);
            var seen = new HashSet<StudentKey>();
            foreach (var week in weeks)
                foreach (var result in await ScreenAsync(school, year, week.First.AddDays(4), cancellationToken))
                    if (result.Level >= Level.Raised && now.TryGetValue(result.Student, out var since) && !held.ContainsKey(result.Student) && seen.Add(result.Student))
                        await LiveAsync(referrals, result, since, new Actor(counsellor.Id.Value), cases++, cancellationToken);
        }
        return cases;
    }

    private async Task<IReadOnlyList<ScreeningResult>> ScreenAsync(SchoolId school, SchoolYear year, DateOnly asOf, CancellationToken cancellationToken) =>
        (await context.Get<ScreeningRuns>().ScreenSchoolAsync(school, year, asOf, save: false, cancellationToken)).Results;

    /// <summary>One case from its opening to its end, on the days it would have had; then what today's screening says.</summary>
    private async Task LiveAsync(
        ReferralStore referrals, ScreeningResult opening, ScreeningResult today, Actor by, int nth, CancellationToken cancellationToken)
    {
        clock.Day = opening.AsOf;
        if (await referrals.ApplyAsync(opening, _ => null, DistrictCapacity.Unlimited, cancellationToken) is not ReferralChange.Made { After: var referral }) return;
        // Some are answered on the next day, some after a week: no two schools alike.
        await TakeAsync(new CaseStep.Acknowledge(), 1 + (nth % 4));
        await TakeAsync(new CaseStep.LogContact(nth % 3 == 0 ? ContactKind.Pupil : ContactKind.FamilyByPhone, clock.Day, ContactOutcome.Talked, null, true), 1 + (nth % 3));
        await TakeAsync(new CaseStep.Close(Verdicts[nth % Verdicts.Length], null), nth % 5);
        clock.Day = today.AsOf;
        await referrals.ApplyAsync(today, _ => null, DistrictCapacity.Unlimited, cancellationToken);

        async Task TakeAsync(CaseStep step, int weekdaysLater)
        {
            for (var day = clock.Day; weekdaysLater > 0 && day < today.AsOf.AddDays(-1);)
            {
                day = day.AddDays(1);
                if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
                (clock.Day, weekdaysLater) = (day, weekdaysLater - 1);
            }
            if (step is CaseStep.LogContact contact) step = contact with { On = clock.Day };
            await referrals.TakeAsync(referral.Student, referral.Id, step, new StepTaker(by, clock.Day), cancellationToken);
        }
    }

    /// <summary>Three in the afternoon of whatever day it is set to.</summary>
    private sealed class HourHand : TimeProvider
    {
        public DateOnly Day { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Day, new TimeOnly(15, 0), TimeSpan.Zero);
    }
}
