namespace SchoolSignal.Domain.Observations;

/// <summary>A form as kept.</summary>
/// <param name="Note">For the counsellor; never scored, logged or mailed.</param>
public sealed record StoredObservation(Observation Observation, string? Note)
{
    /// <summary>How long after it was handed in a form can be corrected; inclusive.</summary>
    public static readonly TimeSpan CorrectionTime = TimeSpan.FromHours(24);

    /// <summary>1 as handed in, one more with each correction and with the withdrawal.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>When it was handed in; null for a form that came with an import.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When its observer took it back: it is kept, and no longer counts.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Answers and note of earlier revisions, the oldest first.</summary>
    public IReadOnlyList<EarlierAnswers> Earlier { get; init; } = [];

    public bool IsWithdrawn => WithdrawnAt is not null;

    /// <summary>The last moment it can be corrected; null where it cannot.</summary>
    public DateTimeOffset? CorrectableUntil => IsWithdrawn ? null : SubmittedAt + CorrectionTime;

    public bool CanCorrect(DateTimeOffset now) => CorrectableUntil >= now;
}

/// <summary>What a form said before it was corrected.</summary>
public sealed record EarlierAnswers(int Revision, IReadOnlyList<byte?> Items, string? Note);
