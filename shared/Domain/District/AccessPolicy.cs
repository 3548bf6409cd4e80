namespace SchoolSignal.Domain.District;

/// <summary>What an endpoint is asked to do with pupils' data or feeds.</summary>
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
}

/// <summary>Why access was given or not: the code that an answer and the audit carry.</summary>
public enum AccessReason
{
    RolePermits,
    NotSignedIn,
    /// <summary>None of the caller's roles does this.</summary>
    RoleMissing,
    /// <summary>The caller's roles hold in some schools; the question is about the whole district.</summary>
    SchoolNotNamed,
    /// <summary>The caller's roles hold in other schools.</summary>
    OtherSchool,
}

/// <summary>The gate's answer.</summary>
public readonly record struct AccessDecision(AccessReason Reason)
{
    public bool IsAllowed => Reason == AccessReason.RolePermits;
}

/// <summary>Who may do what, in which school. Every endpoint that touches pupils or feeds asks it.</summary>
public static class AccessPolicy
{
    /// <param name="school">The school the action is about; null for the whole district.</param>
    public static AccessDecision Decide(Caller caller, AccessAction action, SchoolId? school)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.IsNobody) return new(AccessReason.NotSignedIn);
        if (!caller.Roles.Any(role => May(role, action))) return new(AccessReason.RoleMissing);
        if (caller.Schools is not { } schools) return new(AccessReason.RolePermits);
        if (school is not { } one) return new(AccessReason.SchoolNotNamed);
        return new(schools.Contains(one) ? AccessReason.RolePermits : AccessReason.OtherSchool);
    }

    /// <summary>An administrator sees what came in, never who is in it.</summary>
    private static bool May(Role role, AccessAction action) => action switch
    {
        AccessAction.ReadWorklist => role == Role.Counsellor,
        AccessAction.SendFeed or AccessAction.ReadRefusedRows => role == Role.DataManager,
        AccessAction.ReadFeedReports or AccessAction.HandleFailures => role is Role.DataManager or Role.Administrator,
        _ => false,
    };
}
