namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What became of protecting a release.</summary>
public abstract record ProtectionResult
{
    private ProtectionResult()
    {
    }

    /// <summary>Every hidden cell is proved open.</summary>
    public sealed record Protected(PublishedRelease Release, Certificate Certificate, ProtectionSummary Summary) : ProtectionResult;

    /// <summary>Nothing may be published: the tables do not add up, or contradict an earlier release.</summary>
    public sealed record Refused(IReadOnlyList<string> Reasons) : ProtectionResult;
}

/// <summary>What protecting cost. For those who release it: which cells are hidden by the rule and which beside them is not published.</summary>
/// <param name="Cells">All cells of the release, a cell shared by two tables once.</param>
/// <param name="Primary">Hidden by the rule.</param>
/// <param name="Complementary">Hidden beside them.</param>
/// <param name="NarrowestWidth">How far apart the proof's values are at the hidden cell where they are least so; null if nothing is
/// hidden.</param>
/// <param name="HiddenWhole">The tables that were hidden whole, because no proof was found in time.</param>
public sealed record ProtectionSummary(
    int Cells, int Primary, int Complementary, long? NarrowestWidth, IReadOnlyList<string> HiddenWhole, TimeSpan Elapsed)
{
    public int Shown => Cells - Primary - Complementary;
}
