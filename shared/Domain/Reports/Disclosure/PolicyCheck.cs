namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Whether what the last release shows is what the policy lets be shown. Cells that an earlier release shows are known already and
/// are not judged again.</summary>
internal sealed class PolicyCheck(
    LinkedTables linked, IReadOnlyList<PublishedRelease> releases, SuppressionPolicy policy, List<CertificateFinding> findings)
{
    public void Run()
    {
        var last = releases.Count - 1;
        var before = PublishedCells.Of(linked, [.. releases.Take(last)]);
        foreach (var table in linked.Tables.Where(t => t.Release == last))
        {
            var published = releases[last].Tables.First(t => ReferenceEquals(t.Shape, table.Shape));
            for (var i = 0; i < table.Cells.Length; i++)
                if (published.Counts[i] is { } count && before.Values[table.Cells[i]] is null) Check(table, published, i, count, before);
        }
    }

    private void Check(LinkedTable table, PublishedTable published, int index, long count, PublishedCells before)
    {
        var cell = table.Cells[index];
        var name = linked.System.IdentityOf(cell);
        if (count < 0) Fault(CertificateFault.DoesNotAdd, $"{name} is {count}: a count is not negative.");
        if (table.Shape.PerPupil == 1 && count >= 1 && count < policy.Threshold) Fault(CertificateFault.AgainstPolicy, $"{name} is {count}, below the threshold of {policy.Threshold}.");
        if (PrimaryRule.SaysItOfAll(table.Shape, i => published.Counts[i], index, policy.AllOrNone) is { } group)
            Fault(CertificateFault.AgainstPolicy, $"{name} is {count} of {group}: it says so of every pupil in the group.");
        if (before.HiddenBefore[cell]) Fault(CertificateFault.GivenAwayLater, $"{name} was hidden in an earlier release.");
        if (RevisionRule.LatestBefore(linked.System, before, table.Identity.Before(index)) is { } earlier
            && RevisionRule.Hides(before.Values[earlier], count, policy.Threshold))
            Fault(CertificateFault.GivenAwayLater, $"{name} is {count}; in the revision before it was {before.Values[earlier]?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "hidden"}.");
    }

    private void Fault(CertificateFault fault, string what) => findings.Add(new(fault, what));
}
