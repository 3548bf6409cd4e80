namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>Turns estimates into counts: whole, none negative, with a given sum.</summary>
internal static class WholeShares
{
    /// <summary>The nearest shares by least squares that are not negative and sum to the total, then rounded by largest remainder.</summary>
    public static long[] Of(long total, IReadOnlyList<double> estimates)
    {
        var excess = Excess(total, estimates);
        var shares = estimates.Select(e => Math.Max(0, e - excess)).ToArray();
        var counts = shares.Select(share => (long)Math.Floor(share)).ToArray();
        var missing = total - counts.Sum();
        // Within one for each share but for rounding of the last digits.
        var order = Enumerable.Range(0, shares.Length).OrderByDescending(i => shares[i] - counts[i]).ThenBy(i => i).ToList();
        for (var k = 0; missing > 0; k = (k + 1) % order.Count, missing--) counts[order[k]]++;
        for (var k = order.Count - 1; missing < 0; k = k == 0 ? order.Count - 1 : k - 1)
        {
            if (counts[order[k]] == 0) continue;
            counts[order[k]]--;
            missing++;
        }
        return counts;
    }

    /// <summary>What is taken from each so that the rest, none below zero, sums to the total.</summary>
    private static double Excess(long total, IReadOnlyList<double> estimates)
    {
        var sum = 0.0;
        var excess = 0.0;
        var taken = 0;
        foreach (var estimate in estimates.OrderDescending())
        {
            var with = (sum + estimate - total) / (taken + 1);
            if (taken > 0 && estimate <= with) break;
            sum += estimate;
            taken++;
            excess = with;
        }
        return excess;
    }
}
