using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>Uniform whole numbers without a trace of bias, from a source of random bytes. Not for several threads at once.</summary>
/// <param name="fill">Fills a span with random bytes; <see cref="RandomNumberGenerator.Fill(Span{byte})"/> wherever children are
/// counted.</param>
public sealed class UniformBits(Action<Span<byte>> fill)
{
    private readonly byte[] bytes = new byte[4096];
    private int used = 4096;

    /// <summary>From the system's cryptographic generator: noise that can be foretold protects nobody.</summary>
    public static UniformBits Secure() => new(RandomNumberGenerator.Fill);

    public bool NextBit() => (NextUInt64() & 1) == 1;

    /// <summary>0 to below <paramref name="bound"/>, each exactly as likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is 0.</exception>
    public ulong Below(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        // Lemire, "Fast random integer generation in an interval" (2019): the few products that would favour some are drawn again.
        var high = Math.BigMul(NextUInt64(), bound, out var low);
        if (low >= bound) return high;
        var favoured = unchecked(0 - bound) % bound;
        while (low < favoured) high = Math.BigMul(NextUInt64(), bound, out low);
        return high;
    }

    private ulong NextUInt64()
    {
        if (used == bytes.Length)
        {
            fill(bytes);
            used = 0;
        }
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(used));
        // What was used for noise would give the noise away.
        bytes.AsSpan(used, sizeof(ulong)).Clear();
        used += sizeof(ulong);
        return value;
    }
}
