namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>The proof that every hidden cell stays open: for each set of hidden cells that hang together, a few complete tables of other
/// values that agree with everything published. It is computed from the published numbers alone, so it holds nothing they do not, and does
/// not say why a cell is hidden. <see cref="CertificateVerifier"/> re-checks it by addition and comparison of whole numbers.</summary>
/// <param name="Threshold">The policy's.</param>
/// <param name="Width">What each hidden cell must differ by, inclusive.</param>
/// <param name="Earlier">The earlier releases that were looked at together with this one, in order.</param>
public sealed record Certificate(
    string Release, string ReleaseHash, int Threshold, int Width, IReadOnlyList<EarlierRelease> Earlier, IReadOnlyList<WitnessPool> Pools)
{
    public const int Version = 1;
}

/// <summary>An earlier release, by name and the SHA-256 of its published numbers.</summary>
public sealed record EarlierRelease(string Name, string Hash);

/// <summary>Hidden cells that hang together by sums, and the tables that prove them open.</summary>
/// <param name="Cells">Their identities.</param>
public sealed record WitnessPool(IReadOnlyList<string> Cells, IReadOnlyList<Witness> Witnesses);

/// <summary>One table that agrees with everything published.</summary>
/// <param name="Denominator">1 for whole numbers; values are divided by it.</param>
/// <param name="Values">Place in the pool's cells and value, for cells that are not zero.</param>
public sealed record Witness(long Denominator, IReadOnlyList<WitnessValue> Values);

public readonly record struct WitnessValue(int Cell, long Value);
