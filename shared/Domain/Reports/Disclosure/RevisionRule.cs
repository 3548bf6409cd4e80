namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What an earlier revision of a period asks of a later one. A cell hidden once stays hidden. A count that a correction changes by
/// 1 to below the threshold is hidden from then on: the change would tell of the few pupils it is about.</summary>
internal static class RevisionRule
{
    /// <param name="before">What the latest earlier revision showed; null where it was hidden.</param>
    public static bool Hides(long? before, long now, int threshold) =>
        before is not { } shown || (Math.Abs(now - shown) is var change && change > 0 && change < threshold);

    /// <summary>The cell in the latest earlier revision that was published; null if there is none.</summary>
    public static int? LatestBefore(LinkedSystem system, PublishedCells before, IEnumerable<string> revisions) =>
        revisions.Select(system.Find).FirstOrDefault(c => c is { } cell && (before.Values[cell] is not null || before.HiddenBefore[cell]));
}
