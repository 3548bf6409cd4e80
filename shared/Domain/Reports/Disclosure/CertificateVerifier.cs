namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Re-checks a release and its certificate from the published numbers alone, by adding and comparing whole numbers: no solver, no
/// floating point, nothing that is not public.</summary>
public static class CertificateVerifier
{
    /// <param name="earlier">Every earlier release the certificate names, oldest first.</param>
    public static CertificateCheck Verify(PublishedRelease release, Certificate certificate, IReadOnlyList<PublishedRelease> earlier)
    {
        var findings = new List<CertificateFinding>();
        CheckNames(release, certificate, earlier, findings);
        IReadOnlyList<PublishedRelease> all = [.. earlier, release];
        var linked = LinkedTables.Of([.. all.Select(r => r.Tables.Select(t => t.Shape).ToList())], certificate.Policy.Width);
        if (linked.WhyNot is { } fault) findings.Add(new(CertificateFault.TablesInARing, fault));
        var published = PublishedCells.Of(linked, all);
        findings.AddRange(published.Contradictions.Select(c => new CertificateFinding(CertificateFault.DoesNotAdd, c)));
        CheckSums(linked.System, published.Values, findings);
        new PolicyCheck(linked, all, certificate.Policy, findings).Run();

        var touched = linked.Tables.Where(t => t.Release == earlier.Count).SelectMany(t => t.Cells)
            .SelectMany(c => linked.System.SumsOf(c).SelectMany(s => linked.System.Sums[s].Cells).Append(c)).Distinct();
        var components = HiddenComponents.Of(linked.System, published.Values, touched);
        new WitnessCheck(linked.System, published.Values, certificate, findings).Run(components);
        return new CertificateCheck(
            findings,
            linked.Tables.Where(t => t.Release == earlier.Count).SelectMany(t => t.Cells).Distinct().Count(),
            components.Sum(c => c.Length),
            certificate.Pools.Sum(p => p.Tables.Count),
            certificate.Pools.All(p => p.Denominator == 1));
    }

    private static void CheckNames(
        PublishedRelease release, Certificate certificate, IReadOnlyList<PublishedRelease> earlier, List<CertificateFinding> findings)
    {
        if (certificate.Release != release.Name || certificate.ReleaseHash != ReleaseHash.Of(release))
            findings.Add(new(CertificateFault.ReleaseChanged, $"The certificate is of {certificate.Release} with other numbers than {release.Name} has here."));
        for (var i = 0; i < Math.Max(earlier.Count, certificate.Earlier.Count); i++)
        {
            if (i >= earlier.Count) findings.Add(new(CertificateFault.EarlierDiffers, $"{certificate.Earlier[i].Name} is missing: the certificate counts on it."));
            else if (i >= certificate.Earlier.Count) findings.Add(new(CertificateFault.EarlierDiffers, $"{earlier[i].Name} was not looked at when this was protected."));
            else if (certificate.Earlier[i] is var named && (named.Name != earlier[i].Name || named.Hash != ReleaseHash.Of(earlier[i])))
                findings.Add(new(CertificateFault.EarlierDiffers, $"In place {i + 1} the certificate counts on {named.Name}; {earlier[i].Name} here has another name or other numbers."));
        }
    }

    private static void CheckSums(LinkedSystem system, long?[] shown, List<CertificateFinding> findings)
    {
        foreach (var sum in system.Sums)
        {
            if (shown[sum.Total] is not { } total || sum.Parts.Any(p => shown[p] is null)) continue;
            var parts = sum.Parts.Aggregate(Int128.Zero, (all, p) => all + shown[p]!.Value);
            if (parts != total) findings.Add(new(CertificateFault.DoesNotAdd, $"{system.IdentityOf(sum.Total)} is {total}, but its parts sum to {parts}."));
        }
    }
}
