using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SchoolSignal.Domain.Screening;

/// <summary>Turns 64 days of 64 pupils into 64 pupils of 64 days.</summary>
internal static class BitMatrix
{
    /// <summary>Transposes a 64 × 64 matrix in place: bit c of row r becomes bit r of row c.</summary>
    public static void Transpose(Span<ulong> rows)
    {
        rows = rows[..64];
        SwapFar(rows, 32, 0x00000000FFFFFFFF);
        SwapFar(rows, 16, 0x0000FFFF0000FFFF);
        SwapFar(rows, 8, 0x00FF00FF00FF00FF);
        SwapNear(rows, 4, 0x0F0F0F0F0F0F0F0F);
        SwapNear(rows, 2, 0x3333333333333333);
        SwapNear(rows, 1, 0x5555555555555555);
    }

    /// <summary>Exchanges blocks between rows at least a vector apart: eight pairs of rows at a time.</summary>
    private static void SwapFar(Span<ulong> rows, int distance, ulong lowHalf)
    {
        ref var start = ref MemoryMarshal.GetReference(rows);
        var mask = Vector512.Create(lowHalf);
        for (var top = 0; top < 64; top += distance * 2)
        {
            for (var row = top; row < top + distance; row += Vector512<ulong>.Count)
            {
                var upper = Vector512.LoadUnsafe(ref start, (nuint)row);
                var lower = Vector512.LoadUnsafe(ref start, (nuint)(row + distance));
                var moved = ((upper >>> distance) ^ lower) & mask;
                (upper ^ (moved << distance)).StoreUnsafe(ref start, (nuint)row);
                (lower ^ moved).StoreUnsafe(ref start, (nuint)(row + distance));
            }
        }
    }

    private static void SwapNear(Span<ulong> rows, int distance, ulong lowHalf)
    {
        for (var top = 0; top < 64; top += distance * 2)
        {
            for (var row = top; row < top + distance; row++)
            {
                var moved = ((rows[row] >> distance) ^ rows[row + distance]) & lowHalf;
                rows[row] ^= moved << distance;
                rows[row + distance] ^= moved;
            }
        }
    }
}
