namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>The proof that every hidden cell stays open: for each set of hidden cells that hang together, a few complete tables of other
/// values that agree with everything published. It is computed from the published numbers alone, so it holds nothing they do not, and does
/// not say why a cell is hidden. <see cref="CertificateVerifier"/> re-checks it by addition and comparison of whole numbers.</summary>
/// <param name="Release">The release's name.</param>
/// <param name="ReleaseHash">SHA-256 of its published numbers, in hex.</param>
/// <param name="Earlier">The earlier releases that were looked at together with this one, oldest first.</param>
public sealed record Certificate(
    string Release, string ReleaseHash, SuppressionPolicy Policy, IReadOnlyList<EarlierRelease> Earlier, IReadOnlyList<WitnessPool> Pools);

/// <summary>An earlier release, by name and the SHA-256 of its published numbers, in hex.</summary>
public sealed record EarlierRelease(string Name, string Hash);

/// <summary>Hidden cells that hang together by sums, and the tables of other values that prove them open.</summary>
/// <param name="Cells">Their identities: the universe and, by dimension name, the codes that say less than everything.</param>
/// <param name="Denominator">1 where the tables are of whole numbers, as nearly always; else every value is divided by it.</param>
/// <param name="Tables">Each table as the change from the one before, the first from all zeros: place in <paramref name="Cells"/> and new
/// value, in turn.</param>
public sealed record WitnessPool(IReadOnlyList<string> Cells, int Denominator, IReadOnlyList<IReadOnlyList<long>> Tables);
