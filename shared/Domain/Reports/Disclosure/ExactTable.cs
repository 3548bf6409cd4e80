namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Takes a solver's floating-point answer for the fractions it stands for. A corner of a system of sums has small ones; whether they
/// are the right ones is checked afterwards in whole numbers.</summary>
internal static class ExactTable
{
    private const int MostDenominator = 10_000;
    private const int MostOfOne = 120;
    private const double Near = 1e-6;

    /// <summary>Null where a value is near no fraction with a small denominator.</summary>
    public static (int Denominator, long[] Values)? From(double[] values)
    {
        var denominator = 1;
        foreach (var value in values)
        {
            if (IsWhole(value * denominator)) continue;
            var own = 2;
            while (own <= MostOfOne && !IsWhole(value * own)) own++;
            if (own > MostOfOne) return null;
            denominator = denominator / Gcd(denominator, own) * own;
            if (denominator > MostDenominator) return null;
        }
        return (denominator, Array.ConvertAll(values, v => (long)Math.Round(v * denominator)));
    }

    private static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < Near;

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
