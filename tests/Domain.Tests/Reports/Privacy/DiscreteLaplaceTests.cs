using SchoolSignal.Domain.Reports.Privacy;

namespace SchoolSignal.Domain.Tests.Reports.Privacy;

/// <summary>The stochastic tests of the libraries that guarantees.md §3 names, each at an error of one in a million a statement.</summary>
public sealed class DiscreteLaplaceTests(ITestOutputHelper output)
{
    private const double Alpha = 1e-6;

    /// <summary>Two-sided quantile of the normal distribution at <see cref="Alpha"/>.</summary>
    private const double Z = 4.8916;

    /// <summary>Google's tolerance.</summary>
    private const double Allowed = 0.0025;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1";

    public static TheoryData<int, int> Spreads => new() { { 1, 100 }, { 1, 500 }, { 1, 1000 }, { 1, 3000 }, { 2, 693 }, { 7, 1000 }, { 40, 500 }, { 1, 20_000 } };

    /// <summary>OpenDP's numbers: 60,000 draws, Wilson intervals.</summary>
    [Theory]
    [MemberData(nameof(Spreads))]
    public void Draw_SixtyThousandTimes_HasTheShapeOfTheFormula(int sensitivity, int thousandths)
    {
        const int N = 60_000;
        var (noise, draws) = Sample(sensitivity, thousandths, N);
        var atZero = draws.Count(z => z == 0);
        var negative = draws.Count(z => z < 0);
        var other = N - atZero;
        var q = Math.Exp(-1 / noise.Scale);

        Assert.True(IsWithinWilson(atZero, N, noise.AtZero), $"P(0): {atZero} of {N}, expected {noise.AtZero:P3}");
        if (other > 0) Assert.True(IsWithinWilson(negative, other, 0.5), $"sign: {negative} of {other}");
        // The chance falls by the same factor with every step away from zero.
        for (var k = 1; k <= 3; k++)
        {
            var far = draws.Count(z => Math.Abs(z) >= k);
            if (far > 200) Assert.True(IsWithinWilson(draws.Count(z => Math.Abs(z) > k), far, q), $"slope at {k}");
        }
        var (chi, degrees) = ChiSquare(noise, draws);
        var limit = ChiSquareQuantile(degrees);
        output.WriteLine($"Δ {sensitivity}, ε {new Epsilon(thousandths)}: P(0) {(double)atZero / N:F4} ({noise.AtZero:F4}), χ² {chi:F1} on {degrees}, at most {limit:F1}");
        Assert.True(chi <= limit);
    }

    /// <summary>Canonne, Kamath and Steinke: the distance to the distribution shrinks as more is drawn, by Massart's bound.</summary>
    [Fact]
    public void Draw_MoreAndMore_KolmogorovDistanceShrinks()
    {
        for (var n = 10; n <= (IsFull ? 10_000_000 : 1_000_000); n *= 10)
        {
            var (noise, draws) = Sample(5, 1000, n);
            Array.Sort(draws);
            double distance = 0, below = Cumulative(noise, draws[0] - 1);
            for (var i = 0; i < n;)
            {
                var value = draws[i];
                var start = i;
                while (i < n && draws[i] == value) i++;
                var upTo = Cumulative(noise, value);
                distance = Math.Max(distance, Math.Max(Math.Abs(upTo - ((double)i / n)), Math.Abs(Cumulative(noise, value - 1) - ((double)start / n))));
                below = upTo;
            }
            var bound = Math.Sqrt(Math.Log(2 / Alpha) / (2.0 * n));
            output.WriteLine($"{n:N0} draws: {distance:E2}, at most {bound:E2}");
            Assert.True(distance <= bound);
            Assert.InRange(below, 0, 1);
        }
    }

    /// <summary>Google's stochastic tester: a majority of nine votes accepts what is private at ε and must reject a pair of counts 1.175
    /// times as far apart as the noise was made for.</summary>
    [Fact]
    public void Draw_ForNeighbours_IsPrivateAtEpsilonAndNotFor1Point175TimesTheDistance()
    {
        const int Sensitivity = 40;
        const int Further = 47;
        var votes = Enumerable.Range(0, 9).Select(_ => Excesses(Sensitivity, Sensitivity, Further)).ToList();
        var near = votes.Select(v => (Excess: v[0], Accepted: v[0] <= Allowed)).ToList();
        var far = votes.Select(v => (Excess: v[1], Accepted: v[1] <= Allowed)).ToList();
        output.WriteLine($"distance 1: excess {near.Max(v => v.Excess):F5}; distance 1.175: excess {far.Min(v => v.Excess):F5}; allowed {Allowed}");
        Assert.True(near.Count(v => v.Accepted) > 4);
        Assert.True(far.Count(v => v.Accepted) <= 4);
    }

    [Fact]
    public void Variance_MeasuredOverAMillionDraws_IsTheFormulas()
    {
        var (noise, draws) = Sample(3, 1000, 1_000_000);
        var variance = draws.Average(z => (double)z * z);
        output.WriteLine($"variance {variance:F3}, by the formula {noise.Variance:F3}");
        Assert.InRange(variance, noise.Variance * 0.98, noise.Variance * 1.02);
    }

    [Fact]
    public void Within_FivePerCent_IsTheSmallestDistanceThatHolds()
    {
        foreach (var thousandths in (int[])[50, 400, 1000, 2500, 9000])
        {
            var noise = new DiscreteLaplace(2, new Epsilon(thousandths));
            var m = noise.Within(0.05);
            double Beyond(long distance) => 1 - Enumerable.Range((int)-distance, (int)((2 * distance) + 1)).Sum(z => noise.Probability(z));
            Assert.True(Beyond(m) <= 0.05 + 1e-9);
            if (m > 0) Assert.True(Beyond(m - 1) > 0.05);
        }
    }

    [Fact]
    public void Draw_AtTheLargestSpread_StaysWhole()
    {
        var noise = new DiscreteLaplace(int.MaxValue, new Epsilon(1));
        var bits = Bits(1);
        var draws = Enumerable.Range(0, 2_000).Select(_ => (double)noise.Draw(bits)).ToList();
        // |Z| ÷ scale is exponential with mean 1.
        Assert.InRange(draws.Average(Math.Abs) / noise.Scale, 0.85, 1.15);
    }

    [Fact]
    public void Draw_AtTheSmallestSpread_IsZero()
    {
        var noise = new DiscreteLaplace(1, new Epsilon(Epsilon.MostThousandths));
        var bits = Bits(2);
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(0, noise.Draw(bits)));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(-1, 1000)]
    [InlineData(1, 0)]
    public void New_WithoutSensitivityOrEpsilon_IsRefused(int sensitivity, int thousandths) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteLaplace(sensitivity, new Epsilon(thousandths)));

    [Fact]
    public void Below_EveryValue_ComesAsOftenAsAnyOther()
    {
        var bits = Bits(3);
        var seen = new int[7];
        for (var i = 0; i < 700_000; i++) seen[bits.Below(7)]++;
        Assert.All(seen, count => Assert.True(IsWithinWilson(count, 700_000, 1.0 / 7)));
    }

    private static UniformBits Bits(int seed) => new(new Random(seed).NextBytes);

    private (DiscreteLaplace, long[]) Sample(int sensitivity, int thousandths, int count)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var noise = new DiscreteLaplace(sensitivity, new Epsilon(thousandths));
        var bits = Bits(seed);
        var draws = new long[count];
        for (var i = 0; i < count; i++) draws[i] = noise.Draw(bits);
        return (noise, draws);
    }

    /// <summary>For each distance the largest of P(A) − e^ε·Q(A) over the half-lines, which are where two Laplace distributions differ
    /// most.</summary>
    private double[] Excesses(int sensitivity, params int[] distances)
    {
        var n = IsFull ? 4_000_000 : 400_000;
        const int Thousandths = 500;
        var (noise, draws) = Sample(sensitivity, Thousandths, n);
        var (_, others) = Sample(sensitivity, Thousandths, n);
        var span = (int)(noise.Scale * 4);
        double[] UpTo(long[] of, long shift)
        {
            var upTo = new double[(2 * span) + 1];
            foreach (var z in of) upTo[Math.Clamp(z + shift + span, 0, 2 * span)]++;
            for (var i = 1; i < upTo.Length; i++) upTo[i] += upTo[i - 1];
            return upTo;
        }
        var p = UpTo(draws, 0);
        return [.. distances.Select(d => p.Zip(UpTo(others, d), (a, b) => (a - (Math.Exp(Thousandths / 1000.0) * b)) / n).Max())];
    }

    private static bool IsWithinWilson(int hits, int n, double p)
    {
        var share = (double)hits / n;
        var middle = (share + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        var half = Z * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4.0 * n * n))) / (1 + (Z * Z / n));
        return Math.Abs(p - middle) <= half + 1e-12;
    }

    private static (double Value, int Degrees) ChiSquare(DiscreteLaplace noise, long[] draws)
    {
        var seen = draws.CountBy(z => z).ToDictionary(pair => pair.Key, pair => pair.Value);
        long edge = 0;
        while (noise.Probability(edge + 1) * draws.Length >= 5) edge++;
        double chi = 0, expected = 0;
        var inside = 0;
        for (var z = -edge; z <= edge; z++)
        {
            var e = noise.Probability(z) * draws.Length;
            var count = seen.GetValueOrDefault(z);
            chi += (count - e) * (count - e) / e;
            expected += e;
            inside += count;
        }
        var rest = draws.Length - expected;
        if (rest >= 5) chi += (draws.Length - inside - rest) * (draws.Length - inside - rest) / rest;
        return (chi, (int)Math.Max(1, (2 * edge) + (rest >= 5 ? 1 : 0)));
    }

    /// <summary>Wilson and Hilferty's approximation.</summary>
    private static double ChiSquareQuantile(int degrees)
    {
        var spread = 2.0 / (9 * degrees);
        return degrees * Math.Pow(1 - spread + (4.7534 * Math.Sqrt(spread)), 3);
    }

    private static double Cumulative(DiscreteLaplace noise, long value)
    {
        var q = Math.Exp(-1 / noise.Scale);
        return value >= 0 ? 1 - (Math.Pow(q, value + 1) / (1 + q)) : Math.Pow(q, -value) / (1 + q);
    }
}
