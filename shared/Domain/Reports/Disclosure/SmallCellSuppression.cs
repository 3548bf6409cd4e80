namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Hides what would tell of few pupils, and as much beside it as is needed so that nobody can work it out from everything
/// published, this release and earlier ones together.</summary>
/// <remarks>
/// What is promised of each hidden cell, whatever it is hidden for: there are two complete tables of whole numbers, none negative, that agree
/// with everything published in all releases together and differ at that cell by the policy's width or more. Whoever knows the tables'
/// structure, the rule, the threshold and this algorithm's proof still cannot tell which of the two is true from the numbers alone.
/// See docs/adr/0015 for what an attacker is taken to know and what not.
/// </remarks>
public static class SmallCellSuppression
{
    /// <param name="earlier">Every earlier release of the district, oldest first, as published.</param>
    /// <exception cref="ArgumentException">The policy is out of its ranges, or a release's name was used before.</exception>
    public static ProtectionResult Protect(
        Release release, IReadOnlyList<PublishedRelease> earlier, SuppressionPolicy policy, SuppressionBounds? bounds = null) =>
        Protect(release, earlier, policy, bounds ?? SuppressionBounds.Default, leavesOutComplement: false);

    /// <summary>As published, with <paramref name="leavesOutComplement"/> only what the rule hides: for the test that shows the attacker to be
    /// one.</summary>
    internal static ProtectionResult Protect(
        Release release, IReadOnlyList<PublishedRelease> earlier, SuppressionPolicy policy, SuppressionBounds bounds, bool leavesOutComplement)
    {
        policy.Validate();
        if (earlier.Any(e => e.Name == release.Name)) throw new ArgumentException($"There is a release named {release.Name} already.", nameof(release));
        var budget = new WorkBudget(bounds);
        var linked = LinkedTables.Of(
            [.. earlier.Select(e => e.Tables.Select(t => t.Shape).ToList()), release.Tables.Select(t => t.Shape).ToList()], policy.Width);
        if (linked.WhyNot is { } fault) return new ProtectionResult.Refused([fault]);
        var input = SuppressionInput.Of(linked, PublishedCells.Of(linked, earlier), release, earlier.Count, policy);
        if (input.Faults.Count > 0) return new ProtectionResult.Refused(input.Faults);

        var open = Enumerable.Range(0, linked.System.Count).Select(input.MayBeHidden).ToArray();
        var state = new SuppressionState(linked.System, input.Values, open, input.Costs);
        var tables = linked.Tables.Where(t => t.Release == earlier.Count).ToList();
        var suppressor = new Suppressor(state, [.. tables.Select(t => t.Cells)], budget) { LeavesOutComplement = leavesOutComplement, SparesTotals = release.SparesTotals };
        var outcome = suppressor.Run(input.Primary);
        if (outcome.Open.Count > 0) return new ProtectionResult.Refused([.. outcome.Open.Select(c => NotOpen(linked.System.IdentityOf(c)))]);

        var published = new PublishedRelease(release.Name, [.. release.Tables.Select(t => Compose(t, tables, state))]);
        return new ProtectionResult.Protected(
            published,
            CertificateWriter.Write(published, earlier, policy, linked.System, outcome.Proofs),
            Summarise(tables, input, state, outcome, budget));
    }

    private static string NotOpen(string cell) =>
        $"{cell} could not be proved open, though every new table beside it was hidden: earlier releases give it away, or the time did not suffice.";

    private static PublishedTable Compose(CountTable table, List<LinkedTable> tables, SuppressionState state) =>
        new(table.Shape, [.. tables.First(t => ReferenceEquals(t.Shape, table.Shape)).Cells.Select(c => state.Shown[c])]);

    private static ProtectionSummary Summarise(
        List<LinkedTable> tables, SuppressionInput input, SuppressionState state, SuppressionOutcome outcome, WorkBudget budget)
    {
        var cells = tables.SelectMany(t => t.Cells).Distinct().ToList();
        var hidden = cells.Count(state.IsHidden);
        var primary = cells.Count(c => state.IsHidden(c) && (input.Primary.Contains(c) || !state.IsNew(c)));
        return new ProtectionSummary(
            cells.Count, primary, hidden - primary, NarrowestOf(outcome.Proofs), [.. outcome.HiddenWhole.Select(t => tables[t].Shape.Name)], budget.Elapsed);
    }

    private static long? NarrowestOf(IReadOnlyList<ComponentProof> proofs) =>
        proofs.Select(p => p.Path).OfType<WitnessPath>().SelectMany(p => p.Widths()).Min(w => (long?)w);
}
