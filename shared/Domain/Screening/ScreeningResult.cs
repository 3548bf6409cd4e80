using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening;

/// <summary>Why a pupil was not screened, or not by attendance.</summary>
public enum NotScreenedReason
{
    OptedOut,
    NoLegalBasis,
    /// <summary>The school's feed is stale: attendance rules rest rather than alarm.</summary>
    StaleFeed,
    /// <summary>The school has a batch that failed for good and waits for its replay.</summary>
    FeedPaused,
}

/// <summary>A rule that fired, with its evidence.</summary>
/// <param name="Observed">The value that met the threshold: a rate as a fraction, or a count.</param>
/// <param name="Threshold">Inclusive.</param>
/// <param name="Dates">The days behind it, ascending.</param>
/// <param name="Points">What it adds to the priority (may be a half).</param>
/// <param name="ClearsWhen">In plain words, what would clear it.</param>
public sealed record Trigger(
    string RuleId, RuleFamily Family, string Indicator, decimal Observed, decimal Threshold,
    DateOnly From, DateOnly To, IReadOnlyList<DateOnly> Dates, decimal Points, bool SevereEnd, string ClearsWhen)
{
    /// <summary>The feeds that set the marks of <see cref="Dates"/>, as of the screening, in order of those days; their rows lie
    /// in the archive. Empty for days read from forms, and where a register was screened without a store.</summary>
    public IReadOnlyList<FeedId> Feeds { get; init => field = value ?? []; } = [];
}

/// <summary>Signs of one kind. A second family corroborates the first.</summary>
public enum RuleFamily
{
    Absence,
    Pattern,
    Partial,
    Observation,
    Protective,
}

/// <summary>What screening says of a pupil on a day. It never diagnoses; priority orders a worklist and is not shown.</summary>
/// <param name="Completeness">Known share of the sessions expected in the last 45 days, 0 to 1.</param>
public sealed record ScreeningResult(
    StudentKey Student, SchoolId School, DateOnly AsOf, Level Level, decimal Priority,
    NotScreenedReason? NotScreenedBecause, IReadOnlyList<Trigger> Triggers, IReadOnlyList<Trigger> Protective,
    decimal Completeness, string RuleSetVersion);
