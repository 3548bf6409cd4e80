namespace SchoolSignal.Domain.District;

/// <summary>What somebody does in a district (design.md, "What it is for"), or what a system is there for.</summary>
public enum Role
{
    Teacher,
    Counsellor,
    SafeguardingLead,
    /// <summary>The district administrator; holds in the whole district.</summary>
    Administrator,
    /// <summary>A person who looks after feeds and rosters; holds in the whole district.</summary>
    DataManager,
    /// <summary>A system that sends feeds (app role <c>Feeds.Send</c>); holds in the whole district.</summary>
    FeedsSend,
    /// <summary>A system that hands in forms for a person of the staff (app role <c>Observations.Submit</c>). What it may hand
    /// in is what that person may.</summary>
    ObservationsSubmit,
    /// <summary>A system that reads released reports (app role <c>Reports.Read</c>), such as Power BI; holds in the whole district.</summary>
    ReportsRead,
}

/// <summary>Roles as the tenant's app roles and staff files name them.</summary>
public static class Roles
{
    /// <summary>Those a person has; the others are for systems.</summary>
    public static IReadOnlySet<Role> OfPeople { get; } =
        new HashSet<Role> { Role.Teacher, Role.Counsellor, Role.SafeguardingLead, Role.Administrator, Role.DataManager };

    /// <summary>The app role's value, such as <c>DistrictAdministrator</c> or <c>Feeds.Send</c>.</summary>
    public static string NameOf(Role role) => role switch
    {
        Role.Administrator => "DistrictAdministrator",
        Role.FeedsSend => "Feeds.Send",
        Role.ObservationsSubmit => "Observations.Submit",
        Role.ReportsRead => "Reports.Read",
        _ => role.ToString(),
    };

    /// <summary>Exactly as <see cref="NameOf"/> writes it.</summary>
    public static bool TryParse(string name, out Role role)
    {
        foreach (var known in Enum.GetValues<Role>())
        {
            role = known;
            if (NameOf(known) == name) return true;
        }
        role = default;
        return false;
    }

    /// <summary>Whether the role holds in the whole district rather than in the schools of whoever has it.</summary>
    public static bool IsDistrictWide(Role role) => role is Role.Administrator or Role.DataManager or Role.FeedsSend or Role.ObservationsSubmit or Role.ReportsRead;
}
