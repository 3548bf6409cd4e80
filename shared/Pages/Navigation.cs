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
        new("Audit", "/district/audit", Role.Administrator),
        new("Worklist", Referrals.WorklistAddress.Path, Role.Counsellor, Role.SafeguardingLead),
    ];

    /// <summary>The places of the caller's roles, in their fixed order.</summary>
    public static IEnumerable<NavigationEntry> For(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Entries.Where(entry => entry.Roles.Any(caller.Roles.Contains));
    }

    /// <summary>Whether an address is the entry's page or lies under it.</summary>
    public static bool IsAt(NavigationEntry entry, string address)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith(entry.Path, StringComparison.Ordinal)
            && (address.Length == entry.Path.Length || address[entry.Path.Length] is '/' or '?');
    }
}
