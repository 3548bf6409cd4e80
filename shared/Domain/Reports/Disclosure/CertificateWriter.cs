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
            [.. proofs.Select(p => new WitnessPool([.. p.Cells.Select(system.IdentityOf)], p.Path!.Denominator, p.Path.Steps))]);
}
