namespace SchoolSignal.Domain.District;

/// <summary>Somebody on the staff, as the district's roster and its administrator say.</summary>
/// <param name="SourceId">The person's id in the system that sends the roster; never shown. 1 to 60 characters.</param>
/// <param name="DisplayName">As colleagues know the person. At most 100 characters.</param>
/// <param name="Schools">Where the school roles hold.</param>
public sealed record StaffMember(StaffId Id, string SourceId, string DisplayName, IReadOnlySet<Role> Roles, IReadOnlySet<SchoolId> Schools)
{
    public const int MaxName = 100;

    /// <summary>The account's object id in the tenant; taken before the user principal name, which may change.</summary>
    public Guid? EntraObjectId { get; init; }

    /// <summary>The account's user principal name, compared without case.</summary>
    public string? UserPrincipalName { get; init; }

    /// <summary>Classes taught.</summary>
    public IReadOnlyList<SchoolClass> Classes { get; init; } = [];

    public Caseload Caseload { get; init; } = Caseload.OwnSchools;

    /// <summary>Who takes a safeguarding lead's urgent concerns beside the lead. The deputy's own row says with which roles.</summary>
    public StaffId? Deputy { get; init; }

    /// <summary>False after leaving: the row stays, because records name it, and gives no access.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>The caller this person is, with those of the person's roles that the sign-in also gives.</summary>
    /// <param name="signedInAs">The roles of the token or session.</param>
    public Caller AsCaller(IReadOnlySet<Role> signedInAs) => IsActive
        ? new Caller(Id, Roles.Intersect(signedInAs).Where(District.Roles.OfPeople.Contains).ToHashSet(), Schools)
        {
            Name = DisplayName,
            Classes = Classes,
            Caseload = Caseload,
        }
        : Caller.Nobody;

    /// <summary>Without name and account: it may be logged.</summary>
    public override string ToString() => Id.ToString();
}
