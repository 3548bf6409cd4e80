namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What is wrong with a release or its certificate.</summary>
public enum CertificateFault
{
    /// <summary>The certificate is of other numbers than these.</summary>
    ReleaseChanged,
    /// <summary>An earlier release that the certificate names is missing or has other numbers, or one was given that it does not name.</summary>
    EarlierDiffers,
    /// <summary>A shown total is not the sum of its shown parts, or one cell is shown with two counts.</summary>
    DoesNotAdd,
    /// <summary>A shown count of pupils is from 1 to below the threshold, or says of a whole group that all or none have a property.</summary>
    AgainstPolicy,
    /// <summary>A cell that an earlier release hides is shown, or a correction of a few is.</summary>
    GivenAwayLater,
    /// <summary>A hidden cell has no proof.</summary>
    Unproved,
    /// <summary>Tables restrict each other beyond their totals, which no proof here takes into account.</summary>
    TablesInARing,
    /// <summary>A table of the proof does not agree with what is published.</summary>
    WitnessDisagrees,
    /// <summary>The proof's tables put a hidden cell less than the width apart.</summary>
    TooNarrow,
}

/// <summary>A fault, and where.</summary>
public sealed record CertificateFinding(CertificateFault Fault, string What);

/// <summary>What a re-check of a certificate came to.</summary>
/// <param name="Findings">Empty if the certificate holds.</param>
/// <param name="Hidden">Hidden cells proved or to be proved, those of earlier releases that hang together with these included.</param>
/// <param name="WholeNumbers">Whether every table of the proof is one of whole numbers.</param>
public sealed record CertificateCheck(IReadOnlyList<CertificateFinding> Findings, int Cells, int Hidden, int Witnesses, bool WholeNumbers)
{
    public bool Holds => Findings.Count == 0;
}
