namespace SchoolSignal.Domain.District;

/// <summary>What an endpoint or page is asked to do with pupils' data or feeds.</summary>
public enum AccessAction
{
    /// <summary>Pupils with their reasons.</summary>
    ReadWorklist,
    SendFeed,
    /// <summary>Counts and words; no pupil.</summary>
    ReadFeedReports,
    /// <summary>Rows as sent, with pupils in them.</summary>
    ReadRefusedRows,
    /// <summary>Work that failed for good, and its replay; no pupil.</summary>
    HandleFailures,
    /// <summary>The observation form on a pupil, its correction and withdrawal; asked of what is one's own, finding a pupil for it.</summary>
    SubmitObservation,
    /// <summary>One's own earlier forms.</summary>
    ReadOwnObservations,
    /// <summary>Telling the school's safeguarding lead of a concern, about any pupil of one's schools.</summary>
    RaiseConcern,
    /// <summary>A referral's page: the reasons, the attendance, the forms, what was done.</summary>
    ReadCase,
    /// <summary>Acknowledging, assigning, noting, snoozing, closing.</summary>
    WorkCase,
    /// <summary>Urgent safeguarding concerns of one's schools.</summary>
    ReadConcerns,
    /// <summary>Acknowledging and closing an urgent concern.</summary>
    HandleConcern,
    /// <summary>The district's calendars, rules, capacity, legal basis, staff: reading them. No pupil.</summary>
    ReadSettings,
    /// <summary>Changing them.</summary>
    ChangeSettings,
    /// <summary>Released trends that give no pupil away.</summary>
    ReadTrends,
    /// <summary>Reports before their release: looking at them, releasing and withdrawing them.</summary>
    ReleaseReports,
    /// <summary>Who did what; no pupil's record.</summary>
    ReadAudit,
    /// <summary>All that is held on one pupil, for a subject access request: the one way an administrator sees a record.</summary>
    SubjectAccess,
    /// <summary>Naming pupils for a counsellor's caseload: name and grade, nothing of a record.</summary>
    NamePupils,
}

/// <summary>What an action is about.</summary>
public abstract record AccessSubject
{
    private AccessSubject()
    {
    }

    /// <summary>A school, or without one the whole district.</summary>
    public static AccessSubject Of(SchoolId? school) => school is { } one ? new OfSchool(one) : new OfDistrict();

    /// <summary>All of the district.</summary>
    public sealed record OfDistrict : AccessSubject;

    /// <summary>What is the caller's own: the caller's schools, classes or forms, and nothing else is shown.</summary>
    public sealed record OfOwn : AccessSubject;

    /// <summary>A school as a whole.</summary>
    public sealed record OfSchool(SchoolId School) : AccessSubject;

    /// <summary>A pupil.</summary>
    /// <param name="School">Where the pupil is on roll, or was when it mattered.</param>
    /// <param name="Relation">To the caller: <see cref="PupilRelations"/> works it out.</param>
    public sealed record OfPupil(SchoolId School, PupilRelation Relation) : AccessSubject;
}

/// <summary>How a pupil stands to a caller.</summary>
public readonly record struct PupilRelation(bool InOwnClass, bool InOwnCaseload);
