namespace SchoolSignal.Domain.District;

/// <summary>What somebody does in a district (design.md, "What it is for").</summary>
public enum Role
{
    Teacher,
    Counsellor,
    SafeguardingLead,
    Administrator,
    /// <summary>Sends feeds and rosters, a person or a student information system.</summary>
    DataManager,
}

/// <summary>Who is calling.</summary>
/// <param name="Id">Opaque; empty for nobody.</param>
/// <param name="Schools">The schools the roles hold in; null for all of the district.</param>
public sealed record Caller(string Id, IReadOnlySet<Role> Roles, IReadOnlySet<SchoolId>? Schools)
{
    /// <summary>Not signed in.</summary>
    public static Caller Nobody { get; } = new("", new HashSet<Role>(), null);

    public bool IsNobody => Id.Length == 0;
}
