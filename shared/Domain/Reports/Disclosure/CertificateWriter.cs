namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Puts proofs into the form in which they are kept with the release.</summary>
internal static class CertificateWriter
{
    public static Certificate Write(
        PublishedRelease release, IReadOnlyList<PublishedRelease> earlier, SuppressionPolicy policy, LinkedSystem system, IEnumerable<ComponentProof> proofs) =>
        new(
            release.Name,
            ReleaseHash.Of(release),
            policy,
            [.. earlier.Select(e => new EarlierRelease(e.Name, ReleaseHash.Of(e)))],
            [.. proofs.Select(p => new WitnessPool([.. p.Cells.Select(system.IdentityOf)], [.. p.Tables.Select(Sparse)]))]);

    private static Witness Sparse(WitnessTable table)
    {
        var values = new List<long>();
        for (var i = 0; i < table.Values.Length; i++)
            if (table.Values[i] != 0) values.AddRange([i, table.Values[i]]);
        return new Witness(table.Denominator, values);
    }
}
