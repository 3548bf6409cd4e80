namespace SchoolSignal.Domain.Screening;

/// <summary>An indicator's value: an exact fraction (a count has the denominator 1), a real number, or undefined.
/// Fractions stay fractions so that exactly ten per cent is ten per cent.</summary>
/// <param name="Denominator">0 where the value is undefined.</param>
/// <param name="Real">The value itself where it is no fraction of two counts; 0 otherwise.</param>
public readonly record struct IndicatorValue(int Numerator, int Denominator, double Real)
{
    /// <summary>Real values are compared with a threshold within this tolerance.</summary>
    public const double RealTolerance = 1e-9;

    public static IndicatorValue Undefined => default;

    public bool IsDefined => Denominator != 0;

    public static IndicatorValue Count(int count) => new(count, 1, 0);

    /// <summary>Undefined when nothing stands in the denominator.</summary>
    public static IndicatorValue Fraction(int numerator, int denominator) => new(numerator, denominator, 0);

    public static IndicatorValue OfReal(double value) => new(0, 1, value);

    /// <summary>The value as a number, or null where it is undefined.</summary>
    public double? ToDouble() => IsDefined ? AsDouble() : null;

    internal double AsDouble() => ((double)Numerator / Denominator) + Real;
}
