namespace SchoolSignal.Domain.Screening;

/// <summary>One pupil's place in a block of indicators.</summary>
public readonly record struct PupilIndicators
{
    internal PupilIndicators(IndicatorBlock block, int slot) => (Block, Slot) = (block, slot);

    internal IndicatorBlock Block { get; }

    internal int Slot { get; }

    public IndicatorValue this[Indicator indicator] => Block.Read(indicator, Slot);

    /// <param name="count">Of a school year: at most two sessions on each of 366 days.</param>
    internal void Count(Indicator indicator, int count) => Block.WriteCount(indicator, Slot, count);

    /// <summary>Of two counts; undefined when nothing stands in the denominator.</summary>
    internal void Fraction(Indicator indicator, int numerator, int denominator) =>
        Block.WriteFraction(indicator, Slot, numerator, denominator);

    /// <summary>Undefined when it is not a number.</summary>
    internal void Real(Indicator indicator, double value) => Block.WriteReal(indicator, Slot, value);
}
