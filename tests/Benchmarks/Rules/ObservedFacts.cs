namespace SchoolSignal.Benchmarks.Rules;

/// <summary>What teachers' forms and section registers say of a pupil; all empty where there are none.</summary>
public sealed record ObservedFacts
{
    public static readonly ObservedFacts None = new();

    /// <summary>The most absences from one section, while on site, in 20 days.</summary>
    public int SameSectionMissed { get; init; }

    /// <summary>How many of items 1 to 4 stand at 3 or more in one form.</summary>
    public int WithdrawingItems { get; init; }

    public int AgreeingObservers { get; init; }
    public int EarlierForms { get; init; }
    public double? AboveOwnMedian { get; init; }
    public int? Somatic { get; init; }
    public int? Sleep { get; init; }
    public int? SelfCare { get; init; }
    public int? Affect { get; init; }
    public int? Dropped { get; init; }
    public int? Connection { get; init; }
}
