using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Demo;

/// <summary>How one story is written into a pupil's register. Points in the remarks are those of the starting rule set
/// (evidence.md §8) on the last day.</summary>
internal sealed record DemoPlot(
    string GivenName, string FamilyName, DemoStyle Style, DemoStage Stage, string Title, string Tells, Level Expected, Action<DemoPen> Write)
{
    public NotScreenedReason? NotScreenedBecause { get; init; }

    /// <summary>Moves to another school of the same style this many school days before the last; null: stays.</summary>
    public int? MovesDaysAgo { get; init; }
}

/// <summary>The pupils with a story. Days are counted back from the last school day, 0 being that day.</summary>
internal static class DemoStoryBook
{
    /// <summary>Shorter demos have no stories: the windows the rules look at would not be full. Inclusive.</summary>
    public const int NeedsDays = 100;

    /// <summary>Smaller districts have none either: a school must be large enough to compare a pupil with. Inclusive.</summary>
    public const int NeedsStudents = 400;

    public const int TransferDaysAgo = 30;

    public static readonly IReadOnlyList<DemoPlot> Plots =
    [
        // firstdayback 1, severe 4, rising 3, run 3, spells 2, withdrawing 3, change 2: absence and observation.
        new("Haruto", "Bennett", DemoStyle.England, DemoStage.Secondary, "Mondays first",
            "Absent on first days back since January, then for two or three days, now for the fifth day running. Two calm forms in autumn; "
            + "last week the form teacher saw a pupil alone at breaks who no longer answers.",
            Level.High, pen =>
            {
                foreach (var day in pen.FirstDaysBack(45)) pen.Absent(DemoMark.Unauthorised, day);
                pen.Absent(DemoMark.Illness, 12, 7);
                pen.Absent(DemoMark.NoReasonYet, 4, 3, 2, 1, 0);
                pen.Observed(95, "form-teacher", 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 3);
                pen.Observed(60, "form-teacher", 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 3);
                pen.Observed(6, "form-teacher", 3, 4, 3, 3, 1, 2, 2, 1, 2, 2, null, 2, 1);
            }),

        // late 2, partial day 2: one family, so listed under Watch and no referral.
        new("Camila", "Price", DemoStyle.England, DemoStage.Secondary, "Late, then gone by lunch",
            "Rarely late until February; six lates and four afternoons missed in the last twenty days. Never absent a whole day.",
            Level.Watch, pen =>
            {
                pen.Late(71, 44, 15, 11, 8, 6, 3, 1);
                pen.AfternoonOff(DemoMark.AuthorisedOther, 63, 34, 13, 9, 5, 2);
            }),

        // spells 2, somatic 2, observed somatic 1, observed affect 1: corroborated by an observer.
        new("Mei", "Okafor", DemoStyle.UsDaily, DemoStage.Primary, "Ill for a day, again and again",
            "Five illnesses of one day since January, and the class teacher sends the pupil to the nurse most mornings. "
            + "Every absence is excused; none of them alone says anything.",
            Level.Raised, pen =>
            {
                pen.Absent(DemoMark.Illness, 41, 35, 26, 15, 6);
                pen.Observed(4, "class-teacher", 1, 1, 1, 0, 4, 1, 1, 0, 1, 3, 0, 1, 2);
            }),

        // chronic 2, severe 4 (40 %, below the severe end), rising 3, run halved 2.5: one family, and no severe end.
        new("Oliver", "Nakamura", DemoStyle.UsDaily, DemoStage.Secondary, "Treatment at home",
            "Absent for the last eighteen days with a medical code. A long gap deserves a call, not an alarm: never High.",
            Level.Raised, pen => pen.Absent(DemoMark.Medical, [.. Enumerable.Range(0, 18)])),

        // Nothing: a week of illness with half the class, then back.
        new("Freya", "Mensah", DemoStyle.England, DemoStage.Primary, "Flu week",
            "Ill for the week when much of the school was, and at school ever since.",
            Level.None, pen => pen.AbsentOn(DemoMark.Illness, DemoEvents.FluWeek)),

        // chronic 2, spells 2, recovering -2.
        new("Diego", "Kowalska", DemoStyle.UsDaily, DemoStage.Secondary, "Coming back",
            "A hard autumn and winter, ten per cent of the year missed; one absence in the last four weeks. Watched no longer.",
            Level.None, pen => pen.Absent(DemoMark.AuthorisedOther, 65, 64, 63, 62, 61, 60, 36, 32, 31, 27, 22, 21, 10)),

        // chronic 2, spells 2, both only with the days of the school before.
        new("Zainab", "Walker", DemoStyle.England, DemoStage.Primary, "New school, same year",
            "Moved school in January. The new school alone sees two single days; with the months before, a tenth of the year is missing.",
            Level.Watch, pen => pen.Absent(DemoMark.AuthorisedOther, 92, 91, 90, 75, 62, 61, 60, 51, 50, 41, 35, 22, 9))
        {
            MovesDaysAgo = TransferDaysAgo,
        },

        // late 2, withdrawing 3, agreement 2: partial days and observation.
        new("Minjun", "Foster", DemoStyle.England, DemoStage.Secondary, "Two teachers say the same",
            "Always present, lately late. Two teachers, a week apart, describe a pupil who has stopped speaking to others.",
            Level.Raised, pen =>
            {
                pen.Late(52, 17, 12, 7, 4, 2);
                pen.Observed(9, "maths-teacher", 3, 3, 4, 2, 0, 1, 1, 0, 1, 2, 0, 1, 2);
                pen.Observed(4, "art-teacher", 3, 4, 3, 3, null, 2, 1, 0, 2, 1, 0, 1, 2);
            }),

        new("Nia", "Ito", DemoStyle.UsDaily, DemoStage.Secondary, "Opted out",
            "Many absences, but the family opted out of screening: nothing is worked out, and the result says why.",
            Level.None, pen => pen.Absent(DemoMark.Unauthorised, [.. Enumerable.Range(0, 12), 20, 21, 30, 31, 40]))
        {
            NotScreenedBecause = NotScreenedReason.OptedOut,
        },
    ];
}
