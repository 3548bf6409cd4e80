using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Referrals;

/// <summary>The pupil, the schools and the screenings that the tests of this folder speak of.</summary>
internal static class Cast
{
    public static readonly StudentKey Mara = StudentKey.Parse("0a0b0c0d0e0f00010203040506070809");
    public static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    public static readonly SchoolId Riverside = SchoolId.Parse("riverside");
    public static readonly DistrictId District = DistrictId.Parse("valley");
    public static readonly Actor Counsellor = new("staff-7");
    public static readonly Actor Colleague = new("staff-8");
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    /// <summary>A day of March 2026; the month starts on a Sunday.</summary>
    public static DateOnly March(int day) => new(2026, 3, day);

    public static DistrictCapacity Cap(int perWeek) => DistrictCapacity.Unlimited with { RoutinePerCounsellorAndWeek = perWeek };

    /// <summary>A screening as of a day of March, standing on the given days of March (none given: the two days before).</summary>
    public static ScreeningResult Screened(int asOf, Level level, params int[] days) => Screened(March(asOf), level, [.. days.Select(March)]);

    public static ScreeningResult Screened(DateOnly asOf, Level level, IReadOnlyList<DateOnly>? days = null, StudentKey? student = null, SchoolId? school = null)
    {
        if (days is null or { Count: 0 }) days = [asOf.AddDays(-1), asOf];
        var triggers = level == Level.None
            ? []
            : new List<Trigger>
            {
                new("absence.severe", RuleFamily.Absence, "last45AbsenceRate", 0.25m, 0.20m, asOf.AddDays(-60), asOf, days, 4, level == Level.High,
                    "fewer than one day in five missed over the last 45 school days"),
            };
        return new ScreeningResult(student ?? Mara, school ?? Oakfield, asOf, level, 2m * (int)level, null, triggers, [], 1m, "2026.1");
    }

    public static Referral OpenedOn(int day, Level level = Level.Raised, bool waiting = false) =>
        new(ReferralId.New(), 1, Mara, Oakfield, ReferralState.New, null, level, level, 2m * (int)level,
            March(day), March(day), March(day), null, false, waiting, Screened(day, level), 1);

    public static CaseText Text(string typed) => CaseText.Parse(typed);

    /// <summary>A step of each kind that a person or the weekly cap takes, with days that are right on the given day.</summary>
    public static CaseStep StepOf(ReferralAction action, DateOnly today, Verdict verdict = Verdict.NotAConcern) => action switch
    {
        ReferralAction.Acknowledge => new CaseStep.Acknowledge(),
        ReferralAction.Assign => new CaseStep.Assign(Colleague),
        ReferralAction.LogContact => new CaseStep.LogContact(ContactKind.FamilyByPhone, today, ContactOutcome.Talked, null, true),
        ReferralAction.AddNote => new CaseStep.AddNote(Text("Asked her form tutor."), true),
        ReferralAction.PlanNext => new CaseStep.PlanNext(NextStepKind.CallFamily, today.AddDays(7), null),
        ReferralAction.FinishNext => new CaseStep.FinishNext(),
        ReferralAction.Snooze => new CaseStep.Snooze(today.AddDays(14), Text("Away on the school trip.")),
        ReferralAction.Wake => new CaseStep.Wake(),
        ReferralAction.Start => new CaseStep.Start(null),
        ReferralAction.Close => new CaseStep.Close(verdict, null),
        ReferralAction.HandOver => new CaseStep.HandOver(Text("Please take this over.")),
        ReferralAction.Release => new CaseStep.Release(),
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    public static PupilReferrals Only(params Referral[] referrals) => new(referrals);
}
