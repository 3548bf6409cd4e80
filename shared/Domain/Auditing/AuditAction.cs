namespace SchoolSignal.Domain.Auditing;

/// <summary>What was done to a pupil's record, or to what decides about records. Entries hold the name, so that a new one may
/// stand anywhere; a name once used is never given another meaning.</summary>
public enum AuditAction
{
    /// <summary>A case page, or another page of one pupil's referral.</summary>
    ReadCase,
    /// <summary>A list of pupils with their reasons.</summary>
    ReadWorklist,
    /// <summary>Pupils' names, to choose one of them for a form.</summary>
    FindPupil,
    /// <summary>One's own earlier forms, or a pupil's.</summary>
    ReadObservations,
    /// <summary>Screening results or indicators, read by a command or an API.</summary>
    ReadScreening,
    /// <summary>Rows of a feed as sent, with pupils in them.</summary>
    ReadRefusedRows,
    /// <summary>Everything held on a pupil, for a subject access request.</summary>
    ExportRecord,
    /// <summary>What was done to one pupil's record, or by one member of staff.</summary>
    SearchAudit,

    SubmitObservation,
    CorrectObservation,
    WithdrawObservation,
    RaiseConcern,
    AcknowledgeConcern,
    ChangeReferral,
    /// <summary>A note, a contact, a next step: written to a case without changing where it stands.</summary>
    WriteCase,
    EraseRecord,

    /// <summary>One entry per run and school.</summary>
    ImportRoster,
    /// <summary>One entry per feed and school.</summary>
    ImportAttendance,
    /// <summary>One entry per feed and school.</summary>
    ImportObservations,
    ImportCalendar,
    /// <summary>One entry per run and school.</summary>
    ScreenSchool,
    /// <summary>One pupil, after a form or a correction.</summary>
    ScreenPupil,

    ChangeLegalBasis,
    ChangeOptOuts,
    ChangeSettings,
    ChangeRules,
    ChangeStaff,
    /// <summary>A part of a feed that could not be applied is not waited for any longer.</summary>
    GiveUpBatch,
    /// <summary>What a district's codes mean.</summary>
    ChangeCodeSets,
    /// <summary>A month of the audit, past the district's time for keeping it, is no longer held.</summary>
    DropAudit,
    /// <summary>A report of the district's trends, as it would be published; no pupil.</summary>
    PreviewReport,
    ReleaseReport,
    WithdrawReport,
    /// <summary>The directory's secret is given a new version.</summary>
    RotateKeyring,
}

/// <summary>Why somebody who does not work with a pupil looked up what was done to the pupil's record. Chosen from a list:
/// words of one's own could hold a name.</summary>
public enum StatedPurpose
{
    SubjectAccess,
    Complaint,
    SuspectedMisuse,
    Safeguarding,
}

/// <summary>Kinds of actions.</summary>
public static class AuditActions
{
    /// <summary>A look, as against a change.</summary>
    public static bool IsRead(this AuditAction action) => action <= AuditAction.SearchAudit;
}
