using SchoolSignal.Domain.Screening;

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

    public static ObservedFacts From(PupilIndicators values)
    {
        int? Whole(Indicator indicator) => (int?)values[indicator].ToDouble();
        var change = values[Indicator.ObservedChange].ToDouble();
        return new ObservedFacts
        {
            SameSectionMissed = Whole(Indicator.Last20SameSectionAbsences) ?? 0,
            WithdrawingItems = Whole(Indicator.WithdrawingItems) ?? 0,
            AgreeingObservers = Whole(Indicator.WithdrawingObservers) ?? 0,
            // The change is undefined with fewer than two.
            EarlierForms = change is null ? 0 : 2,
            AboveOwnMedian = change,
            Somatic = Whole(Indicator.ObservedAches),
            Sleep = Whole(Indicator.ObservedSleepiness),
            SelfCare = Whole(Indicator.ObservedSelfCare),
            Affect = Whole(Indicator.ObservedAffect),
            Dropped = Whole(Indicator.ObservedDropping),
            Connection = Whole(Indicator.ObservedConnection),
        };
    }
}
