namespace SchoolSignal.Domain.Observations;

/// <summary>Why no form is taken at the moment. A concern is taken all the same.</summary>
public enum NotOfferedReason
{
    /// <summary>Nobody would hear of a concern: the district has not said who its safeguarding contact is.</summary>
    NoSafeguardingContact,
    /// <summary>The district has not said on what ground it may collect forms.</summary>
    NoLegalBasis,
    /// <summary>The family has said no.</summary>
    OptedOut,
}

/// <summary>What became of a form that was handed in.</summary>
public abstract record SubmissionResult
{
    /// <param name="Repeated">It had come before, word for word; nothing was written.</param>
    public sealed record Taken(ObservationId Id, DateTimeOffset At, bool Repeated) : SubmissionResult;

    /// <summary>A safeguarding concern: kept, on its way to people, and not scored.</summary>
    public sealed record Concern(SafeguardingConcern Kept, bool Repeated) : SubmissionResult;

    /// <summary>Nothing was kept; at least one problem.</summary>
    public sealed record Invalid(IReadOnlyList<ObservationProblem> Problems) : SubmissionResult;

    public sealed record NotOffered(NotOfferedReason Reason) : SubmissionResult;

    /// <summary>The same submitter has used the idempotency key for other content; that one stands.</summary>
    public sealed record KeyUsedBefore : SubmissionResult;
}

/// <summary>What became of a correction or a withdrawal.</summary>
public abstract record AmendmentResult
{
    public sealed record Done(StoredObservation After) : AmendmentResult;

    /// <summary>The caller has handed in no such form.</summary>
    public sealed record NotFound : AmendmentResult;

    public sealed record Invalid(IReadOnlyList<ObservationProblem> Problems) : AmendmentResult;

    /// <summary>The day in which a form can be corrected is over; it can still be withdrawn.</summary>
    public sealed record TooLate(DateTimeOffset Until) : AmendmentResult;

    /// <summary>It was withdrawn; a new form can be handed in.</summary>
    public sealed record Withdrawn : AmendmentResult;

    /// <summary>It was corrected elsewhere since it was read.</summary>
    public sealed record ChangedMeanwhile(StoredObservation Now) : AmendmentResult;
}
