namespace SchoolSignal.Domain.Screening;

/// <summary>Whether a place in a block stands for a pupil this school answers for.</summary>
public enum PlaceKind
{
    /// <summary>Nobody has the place.</summary>
    Free,
    /// <summary>The pupil is not on this school's roll on the as-of date.</summary>
    NotOnRoll,
    /// <summary>On two rolls on that date: the school entered later answers for the pupil.</summary>
    HeldElsewhere,
    /// <summary>On roll; screened, or not for the reason given.</summary>
    OnRoll,
}

/// <summary>What screening says of one place of a block, small enough to make one for every pupil of a district.</summary>
/// <param name="NotScreenedBecause">Opted out or no legal basis: nothing was computed. Stale or paused feed: the attendance
/// rules rested, those on observations ran.</param>
/// <param name="FiredRules">A bit for each rule of the set, in its order.</param>
/// <param name="KnownSessions">Of the sessions expected in the last 45 days.</param>
public readonly record struct PupilOutcome(
    PlaceKind Kind, NotScreenedReason? NotScreenedBecause, Level Level, int PriorityQuarters, ulong FiredRules,
    short KnownSessions, short ExpectedSessions)
{
    /// <summary>The sum of the fired rules' points; orders a worklist and is never shown as a number about a child.</summary>
    public decimal Priority => PriorityQuarters / 4m;

    public bool HasTrigger => FiredRules != 0;

    /// <summary>Known share of the sessions expected in the last 45 days; 1 where none was expected.</summary>
    public decimal Completeness => ExpectedSessions == 0 ? 1 : (decimal)KnownSessions / ExpectedSessions;
}
