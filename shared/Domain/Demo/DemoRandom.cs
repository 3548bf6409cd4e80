namespace SchoolSignal.Domain.Demo;

/// <summary>SplitMix64. Our own few lines, so that a seed gives the same district on every machine and with every future
/// runtime, and so that each pupil can have an independent stream: who else is in the district changes nobody's year.
/// Only operations that IEEE 754 fixes to the last bit are used: the system's logarithms and cosines may differ between
/// machines, and a draw that falls on the other side of a threshold would be another district.</summary>
internal struct DemoRandom(ulong seed, ulong stream)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = Mix(seed + Mix(stream + Golden));

    public ulong Next() => Mix(state += Golden);

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>0 inclusive to <paramref name="bound"/> exclusive.</summary>
    public int NextInt(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Failures before the first success; mean as given.</summary>
    public int NextGeometric(double mean)
    {
        var failures = 0;
        while (Chance(mean / (mean + 1))) failures++;
        return failures;
    }

    /// <summary>Gamma with the given shape (at least 1) and mean 1: Marsaglia and Tsang, 2000.</summary>
    public double NextGamma(double shape)
    {
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = NextNormal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            var u = 1 - NextDouble();
            if (u < 1 - 0.0331 * x * x * x * x || Ln(u) < 0.5 * x * x + d - d * v + d * Ln(v)) return d * v / shape;
        }
    }

    // The sum of twelve uniforms: near enough to normal for pupils, and free of logarithms.
    private double NextNormal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++) sum += NextDouble();
        return sum;
    }

    // ln(m × 2^e) = e ln 2 + 2 artanh((m − 1) / (m + 1)), for positive normal numbers.
    private static double Ln(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1023;
        var m = BitConverter.UInt64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        var s = (m - 1) / (m + 1);
        var term = s;
        var sum = s;
        for (var n = 3; n <= 23; n += 2)
        {
            term *= s * s;
            sum += term / n;
        }
        return exponent * 0.6931471805599453 + 2 * sum;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
