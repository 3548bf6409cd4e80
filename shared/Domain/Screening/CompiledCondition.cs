using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SchoolSignal.Domain.Screening;

/// <summary>A condition with its threshold as a fraction of whole numbers, so that the edge is exact: instead of dividing,
/// both sides are multiplied by every denominator. At most is at least with the signs turned.</summary>
/// <remarks>In doubles every product is exact: counts of a school year stay below 1,000, a threshold has up to nine digits,
/// and 1,000 × 1,000 × 10^8 is less than 2^53.</remarks>
internal readonly struct CompiledCondition
{
    /// <summary>Decimal places a threshold may have.</summary>
    public const int MaxScale = 4;

    /// <summary>The largest size of a threshold.</summary>
    public const decimal MaxThreshold = 10_000;

    private readonly IndicatorColumn column;
    private readonly IndicatorColumn other;
    private readonly Form form;
    private readonly bool isAtMost;
    private readonly short bound;
    private readonly double scale;
    private readonly double threshold;
    private readonly double tolerance;

    public CompiledCondition(RuleCondition condition)
    {
        column = IndicatorBlock.ColumnOf(condition.Indicator);
        other = IndicatorBlock.ColumnOf(condition.Other ?? condition.Indicator);
        form = condition.Base switch
        {
            ThresholdBase.AboveOther => Form.AboveOther,
            ThresholdBase.TimesOther => Form.TimesOther,
            _ => column.Kind == NumberKind.Count ? Form.Count : Form.Value,
        };
        isAtMost = condition.Comparison == Comparison.AtMost;
        // At most n is not at least the next whole number.
        bound = (short)(isAtMost ? decimal.Floor(condition.Threshold) + 1 : decimal.Ceiling(condition.Threshold));
        var denominator = 1m;
        while (condition.Threshold * denominator != decimal.Truncate(condition.Threshold * denominator)) denominator *= 10;
        var sign = isAtMost ? -1 : 1;
        scale = (double)(sign * denominator);
        threshold = (double)(sign * condition.Threshold * denominator);
        var isReal = column.Kind == NumberKind.Real || other.Kind == NumberKind.Real;
        tolerance = isReal ? IndicatorValue.RealTolerance * (double)denominator : 0;
    }

    private enum Form
    {
        /// <summary>A count against a plain threshold.</summary>
        Count,
        Value,
        AboveOther,
        TimesOther,
    }

    /// <summary>The indicator the condition is about.</summary>
    public Indicator Indicator => column.Indicator;

    /// <summary>The pupils of a block who meet the condition, out of some of them, a bit for each. An undefined indicator
    /// never meets it.</summary>
    public ulong Holds(IndicatorBlock values, ulong pupils)
    {
        pupils &= Known(values);
        if (pupils == 0) return 0;
        if (form == Form.Count) return (values.CountReaches(column, bound) ^ (isAtMost ? ulong.MaxValue : 0)) & pupils;

        ulong holds = 0;
        for (var slot = 0; slot < IndicatorBlock.Width; slot += Vector512<double>.Count)
            if ((pupils >> slot & 0xFF) != 0) holds |= HoldsForEight(values, slot) << slot;
        return holds & pupils;
    }

    /// <summary>Whether one pupil meets it.</summary>
    public bool Holds(PupilIndicators pupil)
    {
        if ((Known(pupil.Block) >> pupil.Slot & 1) == 0) return false;
        var place = pupil.Slot % Vector512<double>.Count;
        return (HoldsForEight(pupil.Block, pupil.Slot - place) >> place & 1) != 0;
    }

    private ulong Known(IndicatorBlock values) => values.Known(column) & values.Known(other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong HoldsForEight(IndicatorBlock values, int firstSlot)
    {
        var (numerator, denominator) = values.Eight(column, firstSlot);
        if (form <= Form.Value) return AtLeast(numerator * scale, denominator * threshold, denominator);

        var (otherNumerator, otherDenominator) = values.Eight(other, firstSlot);
        var (value, reference) = (numerator * otherDenominator, otherNumerator * denominator);
        var common = denominator * otherDenominator;
        return form == Form.TimesOther
            ? AtLeast(value * scale, reference * threshold, common)
            : AtLeast((value - reference) * scale, common * threshold, common);
    }

    private ulong AtLeast(Vector512<double> left, Vector512<double> right, Vector512<double> denominator) =>
        Vector512.GreaterThanOrEqual(left, right - (denominator * tolerance)).ExtractMostSignificantBits();
}
