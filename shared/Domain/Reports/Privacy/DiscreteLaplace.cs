using System.Numerics;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>Whole-number noise Z with P(Z = z) proportional to e^(−|z|·ε/Δ), drawn exactly: only whole numbers and uniform bits, no
/// floating point whose last digits could give a count away (Mironov, "On significance of the least significant bits", 2012).</summary>
/// <remarks>Source: Canonne, Kamath and Steinke, "The discrete Gaussian for differential privacy" (2020), algorithms 1 and 2.</remarks>
public sealed class DiscreteLaplace
{
    private readonly ulong t;
    private readonly ulong s;

    /// <param name="sensitivity">Δ: how much all counts drawn for together may change, at most, when one pupil is added or taken away. From
    /// 1 to <see cref="int.MaxValue"/>.</param>
    /// <param name="epsilon">Above zero.</param>
    public DiscreteLaplace(int sensitivity, Epsilon epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sensitivity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epsilon, Epsilon.Zero);
        const long One = 1000;
        var over = sensitivity * One;
        var divisor = (long)BigInteger.GreatestCommonDivisor(over, epsilon.Thousandths);
        t = (ulong)(over / divisor);
        s = (ulong)(epsilon.Thousandths / divisor);
    }

    /// <summary>Δ ÷ ε: the spread. The distance from zero is about this much on average where it is large.</summary>
    public double Scale => (double)t / s;

    /// <summary>P(Z = 0).</summary>
    public double AtZero => Math.Tanh(0.5 / Scale);

    /// <summary>2q ÷ (1 − q)² with q = e^(−1 ÷ scale).</summary>
    public double Variance
    {
        get
        {
            var q = Math.Exp(-1 / Scale);
            return 2 * q / ((1 - q) * (1 - q));
        }
    }

    /// <summary>P(Z = <paramref name="value"/>).</summary>
    public double Probability(long value) => AtZero * Math.Exp(-Math.Abs((double)value) / Scale);

    /// <summary>The smallest m for which |Z| is at most m in all but <paramref name="rest"/> of draws.</summary>
    /// <param name="rest">Above 0, below 1.</param>
    public long Within(double rest)
    {
        var q = Math.Exp(-1 / Scale);
        // P(|Z| > m) = 2 q^(m+1) ÷ (1 + q)
        return Math.Max(0, (long)Math.Ceiling((Math.Log(rest * (1 + q) / 2) * -Scale) - 1));
    }

    public long Draw(UniformBits bits)
    {
        while (true)
        {
            var low = bits.Below(t);
            if (!IsExpMinus(low, t, bits)) continue;
            ulong high = 0;
            while (IsExpMinusOne(bits)) high++;
            var distance = (long)((low + (UInt128)t * high) / s);
            var negative = bits.NextBit();
            // Zero would come up twice as often as it should.
            if (negative && distance == 0) continue;
            return negative ? -distance : distance;
        }
    }

    private static bool IsExpMinusOne(UniformBits bits) => IsExpMinus(1, 1, bits);

    /// <summary>True with chance e^(−n ÷ d), n at most d: the first k at which a chance of n ÷ (d·k) fails is odd.</summary>
    private static bool IsExpMinus(ulong n, ulong d, UniformBits bits)
    {
        for (ulong k = 1; ; k++)
        {
            // n ÷ (d·k) as two chances that must both come: the product d·k may not fit.
            if (bits.Below(d) < n && bits.Below(k) == 0) continue;
            return k % 2 == 1;
        }
    }
}
