using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>The indicators of up to 64 pupils, a column for each indicator: the pupils' values lie side by side, so that a
/// rule is tried on many pupils at once. A count takes two bytes of a pupil, a fraction four, a real number eight.</summary>
public sealed class IndicatorBlock
{
    /// <summary>Pupils of a block.</summary>
    public const int Width = RegisterBlock.Width;

    private const int CellsOfReals = Width * sizeof(double) / sizeof(short);

    private static readonly IndicatorColumn[] Columns = LayOut();

    private readonly short[] cells = new short[Columns[^1].End];
    private readonly ulong[] known = new ulong[IndicatorCatalogue.Count];

    /// <summary>One pupil's indicators.</summary>
    public PupilIndicators Of(int slot) => new(this, slot);

    /// <summary>Leaves every indicator of every pupil undefined.</summary>
    public void Clear() => Array.Clear(known);

    /// <summary>Where an indicator lies in every block.</summary>
    internal static IndicatorColumn ColumnOf(Indicator indicator) => Columns[(int)indicator];

    /// <summary>The pupils of whom an indicator is defined, a bit for each.</summary>
    internal ulong Known(IndicatorColumn column) => known[(int)column.Indicator];

    /// <summary>The pupils whose count reaches a bound, a bit for each; bits without a meaning where it is undefined.</summary>
    internal ulong CountReaches(IndicatorColumn column, short bound)
    {
        var counts = cells.AsSpan(column.Start, Width);
        var least = Vector512.Create(bound);
        return Vector512.GreaterThanOrEqual(Vector512.Create<short>(counts), least).ExtractMostSignificantBits()
            | Vector512.GreaterThanOrEqual(Vector512.Create<short>(counts[32..]), least).ExtractMostSignificantBits() << 32;
    }

    /// <summary>The values of eight neighbouring pupils; numbers without a meaning where a pupil's is undefined. Whole
    /// numbers come as doubles, which hold them and their products exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector512<double> Numerators, Vector512<double> Denominators) Eight(IndicatorColumn column, int firstSlot) => column.Kind switch
    {
        NumberKind.Count => (Whole(column.Start + firstSlot), Vector512<double>.One),
        NumberKind.Fraction => (Whole(column.Start + firstSlot), Whole(column.Start + Width + firstSlot)),
        _ => (Vector512.Create(Reals(column).Slice(firstSlot, Vector512<double>.Count)), Vector512<double>.One),
    };

    internal IndicatorValue Read(Indicator indicator, int slot)
    {
        var column = ColumnOf(indicator);
        if ((Known(column) >> slot & 1) == 0) return IndicatorValue.Undefined;
        return column.Kind switch
        {
            NumberKind.Count => IndicatorValue.Count(cells[column.Start + slot]),
            NumberKind.Fraction => IndicatorValue.Fraction(cells[column.Start + slot], cells[column.Start + Width + slot]),
            _ => IndicatorValue.OfReal(Reals(column)[slot]),
        };
    }

    internal void WriteCount(Indicator indicator, int slot, int count)
    {
        cells[ColumnOf(indicator).Start + slot] = (short)count;
        Define(indicator, slot, true);
    }

    internal void WriteFraction(Indicator indicator, int slot, int numerator, int denominator)
    {
        var cell = ColumnOf(indicator).Start + slot;
        (cells[cell], cells[cell + Width]) = ((short)numerator, (short)denominator);
        Define(indicator, slot, denominator != 0);
    }

    internal void WriteReal(Indicator indicator, int slot, double value)
    {
        Reals(ColumnOf(indicator))[slot] = value;
        Define(indicator, slot, !double.IsNaN(value));
    }

    private void Define(Indicator indicator, int slot, bool defined)
    {
        ref var pupils = ref known[(int)indicator];
        pupils = (pupils & ~(1UL << slot)) | ((defined ? 1UL : 0UL) << slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<double> Whole(int cell)
    {
        var eight = Vector128.Create<short>(cells.AsSpan(cell, Vector128<short>.Count));
        var widened = Vector256.WidenLower(eight.ToVector256Unsafe());
        return Vector512.ConvertToDouble(Vector512.WidenLower(widened.ToVector512Unsafe()));
    }

    private Span<double> Reals(IndicatorColumn column) => MemoryMarshal.Cast<short, double>(cells.AsSpan(column.Start, CellsOfReals));

    private static IndicatorColumn[] LayOut()
    {
        var columns = new IndicatorColumn[IndicatorCatalogue.Count];
        var start = 0;
        foreach (var definition in IndicatorCatalogue.All)
        {
            var end = start + definition.Kind switch
            {
                NumberKind.Count => Width,
                NumberKind.Fraction => 2 * Width,
                _ => CellsOfReals,
            };
            columns[(int)definition.Indicator] = new IndicatorColumn(definition.Indicator, definition.Kind, start, end);
            start = end;
        }
        return columns;
    }
}

/// <summary>Where an indicator lies in a block: the values of all pupils, then, of a fraction, their denominators.</summary>
internal readonly record struct IndicatorColumn(Indicator Indicator, NumberKind Kind, int Start, int End);
