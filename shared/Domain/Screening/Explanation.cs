using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening;

/// <summary>Everything screening computed of a pupil as of a date. Without a legal basis the indicators stand, because they
/// only describe the register, and no rule is tried; of a pupil who opted out nothing is worked out.</summary>
public sealed record Explanation(
    StudentKey Student, SchoolId School, DateOnly AsOf, NotScreenedReason? NotScreenedBecause,
    IReadOnlyList<IndicatorReading> Indicators, IReadOnlyList<RuleReading> Rules);

/// <summary>One indicator with what it was counted from.</summary>
/// <param name="Value">A rate as a fraction, or a count; null where it is undefined.</param>
/// <param name="Numerator">Of a rate; null otherwise.</param>
/// <param name="Denominator">Of a rate; 0 where the rate is undefined; null otherwise.</param>
/// <param name="From">First day looked at; null if there is none.</param>
/// <param name="To">Last day looked at.</param>
/// <param name="Dates">The days behind it, ascending.</param>
public sealed record IndicatorReading(
    string Name, IndicatorUnit Unit, double? Value, int? Numerator, int? Denominator, DateOnly? From, DateOnly? To,
    IReadOnlyList<DateOnly> Dates);

/// <summary>One rule: whether it fired, on what, and why in plain words.</summary>
/// <param name="Observed">The value of the rule's first indicator; null where it is undefined.</param>
/// <param name="Threshold">Inclusive.</param>
/// <param name="Dates">The days behind a rule that fired, ascending; empty for one that did not.</param>
/// <param name="Evidence">What those days were read from.</param>
public sealed record RuleReading(
    string RuleId, bool Fired, decimal? Observed, decimal Threshold, string Why, IReadOnlyList<DateOnly> Dates, RuleEvidenceSource Evidence);

/// <summary>What stands behind a rule's days.</summary>
public enum RuleEvidenceSource
{
    Register,
    SectionEvents,
    Observations,
}
