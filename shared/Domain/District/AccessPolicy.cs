namespace SchoolSignal.Domain.District;

/// <summary>Why access was given or not: the code that an answer and the audit carry. The first four give it.</summary>
public enum AccessReason
{
    /// <summary>The caller's role does this, for the school or district asked about.</summary>
    RolePermits,
    /// <summary>The pupil is in a class the caller teaches.</summary>
    OwnClass,
    /// <summary>The pupil is in the caller's caseload.</summary>
    OwnCaseload,
    /// <summary>The pupil is in one of the caller's schools.</summary>
    OwnSchool,
    NotSignedIn,
    /// <summary>None of the caller's roles does this.</summary>
    RoleMissing,
    /// <summary>The caller's roles hold in some schools; the question is about the whole district.</summary>
    SchoolNotNamed,
    /// <summary>The caller's roles hold for some pupils; the question is about a whole school.</summary>
    PupilNotNamed,
    /// <summary>The caller's roles hold in other schools.</summary>
    OtherSchool,
    /// <summary>The caller's roles hold for other pupils of the school.</summary>
    OtherPupil,
}

/// <summary>The gate's answer.</summary>
public readonly record struct AccessDecision(AccessReason Reason)
{
    public bool IsAllowed => Reason is AccessReason.RolePermits or AccessReason.OwnClass or AccessReason.OwnCaseload or AccessReason.OwnSchool;
}

/// <summary>Who may do what, to whom. Every endpoint and page that touches pupils or feeds asks it.</summary>
public static class AccessPolicy
{
    /// <summary>How far a role reaches with an action.</summary>
    private enum Reach
    {
        None,
        /// <summary>The pupils of one's own classes.</summary>
        Classes,
        /// <summary>One's own schools, and a caseload's pupils wherever they are.</summary>
        Schools,
        District,
    }

    public static AccessDecision Decide(Caller caller, AccessAction action, AccessSubject subject)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(subject);
        if (caller.IsNobody) return new(AccessReason.NotSignedIn);
        AccessDecision? best = null;
        foreach (var role in caller.Roles)
        {
            if (ReachOf(role, action) is not (not Reach.None and var reach)) continue;
            AccessDecision decision = new(Weigh(caller, reach, subject));
            if (best is not { } other || Rank(decision) < Rank(other)) best = decision;
        }
        return best ?? new(AccessReason.RoleMissing);
    }

    /// <summary>An administrator sees what came in, never who is in it. Only subject access shows an administrator a pupil's record; a
    /// name, also to put the pupil into a caseload.</summary>
    private static Reach ReachOf(Role role, AccessAction action) => (role, action) switch
    {
        (Role.Teacher, AccessAction.SubmitObservation or AccessAction.ReadOwnObservations) => Reach.Classes,
        (Role.Teacher or Role.Counsellor or Role.SafeguardingLead, AccessAction.RaiseConcern) => Reach.Schools,
        (Role.Counsellor, AccessAction.ReadWorklist or AccessAction.ReadCase or AccessAction.WorkCase) => Reach.Schools,
        (Role.SafeguardingLead, AccessAction.ReadConcerns or AccessAction.HandleConcern or AccessAction.ReadWorklist or AccessAction.ReadCase) => Reach.Schools,
        (Role.DataManager, AccessAction.SendFeed or AccessAction.ReadFeedReports or AccessAction.ReadRefusedRows or AccessAction.HandleFailures) => Reach.District,
        (Role.FeedsSend, AccessAction.SendFeed or AccessAction.ReadFeedReports or AccessAction.ReadRefusedRows) => Reach.District,
        (Role.ObservationsSubmit, AccessAction.SubmitObservation or AccessAction.RaiseConcern) => Reach.District,
        (Role.ReportsRead, AccessAction.ReadTrends) => Reach.District,
        (Role.Administrator, AccessAction.ReadFeedReports or AccessAction.HandleFailures or AccessAction.ReadSettings or AccessAction.ChangeSettings
            or AccessAction.ReadTrends or AccessAction.ReleaseReports or AccessAction.ReadAudit or AccessAction.SubjectAccess or AccessAction.NamePupils or AccessAction.HandleConcern) => Reach.District,
        _ => Reach.None,
    };

    private static AccessReason Weigh(Caller caller, Reach reach, AccessSubject subject) => subject switch
    {
        _ when reach == Reach.District || caller.Schools is null => AccessReason.RolePermits,
        AccessSubject.OfOwn => AccessReason.RolePermits,
        AccessSubject.OfDistrict => AccessReason.SchoolNotNamed,
        AccessSubject.OfSchool school when !caller.Schools.Contains(school.School) => AccessReason.OtherSchool,
        AccessSubject.OfSchool => reach == Reach.Schools ? AccessReason.RolePermits : AccessReason.PupilNotNamed,
        AccessSubject.OfPupil { Relation.InOwnClass: true } when reach == Reach.Classes => AccessReason.OwnClass,
        AccessSubject.OfPupil { Relation.InOwnCaseload: true } when reach == Reach.Schools => AccessReason.OwnCaseload,
        AccessSubject.OfPupil pupil when !caller.Schools.Contains(pupil.School) => AccessReason.OtherSchool,
        AccessSubject.OfPupil => reach == Reach.Schools ? AccessReason.OwnSchool : AccessReason.OtherPupil,
        _ => throw new InvalidOperationException("A subject of access is not handled."),
    };

    /// <summary>What is given goes before what is not, the nearest relation first.</summary>
    private static int Rank(AccessDecision decision) => decision.Reason switch
    {
        AccessReason.OwnClass => 0,
        AccessReason.OwnCaseload => 1,
        AccessReason.OwnSchool => 2,
        AccessReason.RolePermits => 3,
        var refused => 10 + (int)refused,
    };
}
