namespace SchoolSignal.Domain.Screening;

/// <summary>How likely at least so many of n absent days fall on first days back by chance alone.</summary>
internal static class BinomialTail
{
    /// <summary>P(X ≥ x) for X ~ Bin(n, successDays / days). Terms are summed from the small side; n is at most 45.</summary>
    public static double AtLeast(int x, int n, int successDays, int days)
    {
        if (x <= 0) return 1;
        if (x > n) return 0;
        var p = (double)successDays / days;
        if (p >= 1) return 1;
        var q = 1 - p;
        // term = C(n, k) p^k q^(n-k), from k = n downwards: each next one is a ratio away.
        var term = Power(p, n);
        var sum = term;
        for (var k = n; k > x; k--)
        {
            term = term * k / (n - k + 1) * (q / p);
            sum += term;
        }
        return Math.Min(1, sum);
    }

    private static double Power(double value, int exponent)
    {
        var result = 1.0;
        for (; exponent > 0; exponent >>= 1, value *= value)
            if ((exponent & 1) != 0) result *= value;
        return result;
    }
}
