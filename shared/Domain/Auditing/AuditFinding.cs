namespace SchoolSignal.Domain.Auditing;

/// <summary>What is wrong with the audit.</summary>
public enum AuditFault
{
    /// <summary>An entry's content is not what was hashed; or the entry before it was changed together with its hash.</summary>
    Edited,
    Deleted,
    /// <summary>An entry stands where another belongs.</summary>
    Reordered,
    /// <summary>The chain is shorter than its tail, a seal or the next month says.</summary>
    CutTail,
    /// <summary>Two entries follow upon one, or the chain went another way than a seal, its tail or the next month says.</summary>
    Forked,
    /// <summary>A tail or seal that no key of this district has signed.</summary>
    NotSigned,
    SealMissing,
    /// <summary>The rows by which entries are found do not agree with the entries.</summary>
    IndexDiffers,
}

/// <summary>A fault, with place and time.</summary>
/// <param name="Chain">Null for a whole month.</param>
/// <param name="Sequence">The entry's place in its chain; null where it is of no one entry.</param>
/// <param name="At">When the entry, or the last readable one before it, was made; for a seal, when it was sealed.</param>
public sealed record AuditFinding(AuditFault Fault, string Month, int? Chain, long? Sequence, DateTimeOffset? At, string What);

/// <summary>What a verification looked at and found.</summary>
/// <param name="Findings">The first <see cref="MaxFindings"/>.</param>
/// <param name="FaultCount">All of them.</param>
public sealed record AuditVerification(long Entries, int Chains, long Seals, long FaultCount, IReadOnlyList<AuditFinding> Findings)
{
    public const int MaxFindings = 1_000;

    /// <summary>Months past the district's time for keeping the audit: of them only where each chain stood is held.</summary>
    public int DroppedMonths { get; init; }

    public bool IsWhole => FaultCount == 0;
}

/// <summary>Collects findings, the first of them in full.</summary>
internal sealed class AuditFindings
{
    private readonly List<AuditFinding> findings = [];

    public long Count { get; private set; }

    public IReadOnlyList<AuditFinding> First => findings;

    public void Add(AuditFault fault, ChainPlace place, long? sequence, DateTimeOffset? at, string what) =>
        Add(new AuditFinding(fault, place.Month, place.Chain, sequence, at, what));

    public void Add(AuditFinding finding)
    {
        Count++;
        if (findings.Count < AuditVerification.MaxFindings) findings.Add(finding);
    }
}
