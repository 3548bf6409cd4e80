using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A random id of a referral; it says nothing about the pupil and may stand in a link.</summary>
public readonly record struct ReferralId(Guid Value)
{
    public static ReferralId New() => new(Guid.NewGuid());

    public static ReferralId Parse(string text) => new(Guid.ParseExact(text, "N"));

    public static bool TryParse(string? text, out ReferralId id)
    {
        var isId = Guid.TryParseExact(text, "N", out var value);
        id = new ReferralId(value);
        return isId;
    }

    /// <summary>Thirty-two lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("N");
}

/// <summary>Where the work on a referral stands (docs/states.md).</summary>
public enum ReferralState
{
    New,
    Acknowledged,
    InProgress,
    Closed,
    Retracted,
}

/// <summary>A counsellor's reason for closing: what the referral turned out to be.</summary>
public enum Verdict
{
    Supported,
    AlreadyKnown,
    NotAConcern,
    /// <summary>The feed was wrong; the same days may open a new referral once they are right.</summary>
    DataError,
    Transferred,
    HandedToSafeguarding,
}

/// <summary>A pupil is to be looked at by a counsellor, and why. It is a screening's word, never a diagnosis.</summary>
/// <param name="Number">1 for the pupil's first referral, 2 for the next. It keeps two of them from being opened at once.</param>
/// <param name="Level">Raised or High: the level it was opened with or last raised to. It does not fall with the signs, only
/// where a corrected register shows that it never was so high.</param>
/// <param name="CurrentLevel">What the latest screening says.</param>
/// <param name="Priority">Orders a worklist, from the latest screening. Never shown.</param>
/// <param name="OpenedOn">As-of date of the screening that opened it.</param>
/// <param name="RaisedOn">As-of date of the screening it stands on: the opening one, a later one with a worse level, or a later
/// one that holds where a correction took the earlier ground away.</param>
/// <param name="CurrentAsOf">As-of date of the latest screening that changed anything.</param>
/// <param name="ClosedOn">The day it was closed or retracted.</param>
/// <param name="GroundRemoved">A correction took the ground away after somebody had taken it on; the person decides.</param>
/// <param name="Waiting">Held back by the district's weekly cap: no alert yet, and apart in the worklist.</param>
/// <param name="Evidence">The latest screening at Raised or above: why it is here.</param>
/// <param name="Revision">1 when opened, one more with each change.</param>
public sealed record Referral(
    ReferralId Id, int Number, StudentKey Student, SchoolId School, ReferralState State, Verdict? Verdict,
    Level Level, Level CurrentLevel, decimal Priority,
    DateOnly OpenedOn, DateOnly RaisedOn, DateOnly CurrentAsOf, DateOnly? ClosedOn,
    bool GroundRemoved, bool Waiting, ScreeningResult Evidence, int Revision)
{
    /// <summary>The counsellor whose case it is; null until somebody takes it on or is given it.</summary>
    public Actor? AssignedTo { get; init; }

    /// <summary>What is to be done next, or null.</summary>
    public NextStep? NextStep { get; init; }

    /// <summary>It rests until this day, on which it is back in the worklist; null if it does not rest. A worse level wakes it.</summary>
    public DateOnly? SnoozedUntil { get; init; }

    /// <summary>When there was last something a counsellor should hear of: opened, a worse level, another school, its turn
    /// under the weekly cap, its ground gone or back, given to somebody.</summary>
    public DateTimeOffset? NewsAt { get; init; }

    public bool IsOpen => State is not (ReferralState.Closed or ReferralState.Retracted);

    /// <summary>The latest screening is below Raised, though the referral's days stand.</summary>
    public bool HasEased => IsOpen && CurrentLevel < Level.Raised;

    /// <summary>It rests on that day; on <see cref="SnoozedUntil"/> itself it no longer does.</summary>
    public bool IsSnoozedOn(DateOnly today) => IsOpen && SnoozedUntil > today;

    /// <summary>A person is reminded of it: its next step is due on that day or was before, or its rest has ended.</summary>
    public bool IsDueOn(DateOnly today) => IsOpen && (NextStep?.Due <= today || SnoozedUntil <= today);
}

/// <summary>What somebody means to do next for a pupil.</summary>
/// <param name="Due">The day it is to be done.</param>
/// <param name="Revision">The line of the history that planned it, and holds the words.</param>
public sealed record NextStep(NextStepKind Kind, DateOnly Due, int Revision);

/// <summary>Kinds of next steps. They stand in the worklist, so they say nothing of the pupil.</summary>
public enum NextStepKind
{
    TalkWithPupil,
    CallFamily,
    MeetFamily,
    AskTeachers,
    Review,
    Other,
}

/// <summary>Who changed a referral: the screening, the weekly cap, or a member of staff by opaque id.</summary>
public readonly record struct Actor(string Value)
{
    public static readonly Actor Screening = new("screening");
    public static readonly Actor WeeklyCap = new("weekly-cap");

    public override string ToString() => Value;
}

/// <summary>One line of a referral's history. Lines are only ever added.</summary>
/// <param name="On">The as-of date of the screening, or the day the person acted.</param>
/// <param name="Rules">Ids of the rules that had fired.</param>
public sealed record ReferralEntry(
    int Revision, DateTimeOffset At, DateOnly On, Actor By, ReferralAction Action,
    ReferralState State, Level Level, SchoolId School, Verdict? Verdict, IReadOnlyList<string> Rules)
{
    /// <summary>What the person did, in full; null for a screening's line.</summary>
    public CaseStep? Step { get; init; }

    /// <summary>Whether somebody who had the referral open should hear of this line before acting: any person's step, and
    /// what changes level, school, state or ground. Evidence that only grew, and a turn under the weekly cap, are not.</summary>
    public bool SurprisesReader => Action is not (ReferralAction.Update or ReferralAction.Release);
}

/// <summary>All referrals a pupil ever had, oldest first.</summary>
public sealed record PupilReferrals(IReadOnlyList<Referral> All)
{
    public static PupilReferrals None { get; } = new([]);

    /// <summary>The open one; there is never a second.</summary>
    public Referral? Open => All.FirstOrDefault(r => r.IsOpen);

    public int NextNumber => All.Count == 0 ? 1 : All[^1].Number + 1;

    /// <summary>Up to this day a person has judged the pupil's evidence; only later evidence re-opens. Retracted referrals
    /// and those closed as a data error judged nothing. Null if there is no judgement.</summary>
    public DateOnly? SettledThrough => All
        .Where(r => r.State == ReferralState.Closed && r.Verdict != Referrals.Verdict.DataError)
        .Max(r => r.ClosedOn);

    /// <summary>No screening as of an earlier day has anything to say any more.</summary>
    public DateOnly? LatestAsOf => All.Count == 0 ? null : All.Max(r => r.CurrentAsOf);
}
