using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>A count with noise and its parts, each with noise of its own.</summary>
/// <remarks>Source: Hay, Rastogi, Miklau and Suciu, "Boosting the accuracy of differentially private histograms through consistency"
/// (2010): of all figures that add up, those nearest to the draws by least squares. Here for trees of any form.</remarks>
internal sealed class NoisyTree
{
    private readonly Code code;
    private readonly NoisyTree[] parts;
    /// <summary>The best estimate from this draw and those below it, and its variance in units of one draw's.</summary>
    private readonly double estimate;
    private readonly double variance;

    private NoisyTree(Code code, long drawn, NoisyTree[] parts)
    {
        this.code = code;
        this.parts = parts;
        (estimate, variance) = (drawn, 1);
        if (parts.Length == 0) return;
        var below = parts.Sum(p => p.variance);
        estimate = ((drawn * below) + parts.Sum(p => p.estimate)) / (below + 1);
        variance = below / (below + 1);
    }

    public static NoisyTree Draw(Code code, ListedCodes codes, Func<Code, long> count, DiscreteLaplace noise, UniformBits bits) =>
        new(code, count(code) + noise.Draw(bits), [.. codes.PartsOf(code).Select(part => Draw(part, codes, count, noise, bits))]);

    /// <summary>Whole numbers, none negative, each the sum of its parts.</summary>
    public IEnumerable<(Code Code, long Count)> Agreeing() => Settle((long)Math.Max(0, Math.Round(estimate)));

    private IEnumerable<(Code, long)> Settle(long total)
    {
        yield return (code, total);
        if (parts.Length == 0) yield break;
        // What the parts lack, or have too much, is shared by how uncertain each is.
        var lack = (total - parts.Sum(p => p.estimate)) / parts.Sum(p => p.variance);
        var shares = WholeShares.Of(total, [.. parts.Select(p => p.estimate + (lack * p.variance))]);
        for (var i = 0; i < parts.Length; i++)
            foreach (var settled in parts[i].Settle(shares[i])) yield return settled;
    }
}
