using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages;

/// <summary>A place in the navigation. Its words are <c>Common.Nav.KEY</c>, and <c>Common.NavAbout.KEY</c> on the start page.</summary>
/// <param name="Roles">Who finds it there; the gate decides alone who may open it.</param>
public sealed record NavigationEntry(string Key, string Path, params IReadOnlyList<Role> Roles);

/// <summary>What the pages offer to whom.</summary>
public static class Navigation
{
    private static readonly NavigationEntry[] Entries =
    [
        new("Observations", "/observations", Role.Teacher),
        new("Worklist", Referrals.WorklistAddress.Path, Role.Counsellor, Role.SafeguardingLead),
        new("District", "/district", Role.Administrator),
        new("Feeds", "/district/feeds", Role.DataManager),
    ];

    private static readonly NavigationEntry[] DistrictEntries =
    [
        new("Overview", "/district", Role.Administrator),
        new("Feeds", "/district/feeds", Role.Administrator, Role.DataManager),
        new("Calendars", "/district/calendars", Role.Administrator),
        new("Settings", "/district/settings", Role.Administrator),
        new("Safeguarding", "/district/safeguarding", Role.Administrator),
        new("Staff", "/district/staff", Role.Administrator),
        new("Rules", "/district/rules", Role.Administrator),
        new("Reports", "/district/reports", Role.Administrator),
        new("Audit", "/district/audit", Role.Administrator),
        new("SubjectAccess", "/district/subject-access", Role.Administrator),
    ];

    /// <summary>The places of the caller's roles, in their fixed order.</summary>
    public static IEnumerable<NavigationEntry> For(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Entries.Where(entry => entry.Roles.Any(caller.Roles.Contains));
    }

    /// <summary>The pages under District; their words are <c>District.Tab.KEY</c>.</summary>
    public static IEnumerable<NavigationEntry> ForDistrict(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return DistrictEntries.Where(entry => entry.Roles.Any(caller.Roles.Contains));
    }

    /// <summary>The one of the entries that an address lies under, the nearest of them; null if none.</summary>
    public static NavigationEntry? At(IEnumerable<NavigationEntry> entries, string address) =>
        entries.Where(entry => IsAt(entry, address)).MaxBy(entry => entry.Path.Length);

    // What follows a hyphen belongs there too: /district/reports-settings to /district/reports.
    private static bool IsAt(NavigationEntry entry, string address)
    {
        return address.StartsWith(entry.Path, StringComparison.Ordinal)
            && (address.Length == entry.Path.Length || address[entry.Path.Length] is '/' or '?' or '-');
    }
}
