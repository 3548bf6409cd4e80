namespace SchoolSignal.Domain.District;

/// <summary>Who is calling.</summary>
/// <param name="Id">Opaque; empty for nobody.</param>
/// <param name="Schools">The schools the school roles hold in; null for all of the district, which only the person at the
/// machine itself has.</param>
public sealed record Caller(StaffId Id, IReadOnlySet<Role> Roles, IReadOnlySet<SchoolId>? Schools)
{
    /// <summary>Not signed in.</summary>
    public static Caller Nobody { get; } = new(default, new HashSet<Role>(), null);

    public bool IsNobody => Id.IsEmpty;

    /// <summary>For the caller's own eyes, in the page frame; empty for systems.</summary>
    public string Name { get; init; } = "";

    /// <summary>Classes the caller teaches.</summary>
    public IReadOnlyList<SchoolClass> Classes { get; init; } = [];

    /// <summary>Whom the caller counsels.</summary>
    public Caseload Caseload { get; init; } = Caseload.OwnSchools;

    /// <summary>The system that speaks for this caller, where one does.</summary>
    public StaffId? Through { get; init; }

    public bool Has(Role role) => Roles.Contains(role);

    /// <summary>Without the name: a caller may be logged.</summary>
    public override string ToString() => Id.ToString();
}
