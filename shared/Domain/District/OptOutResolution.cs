using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>Finds a pupil's key in the directory, or null if the directory does not know the id.</summary>
public delegate ValueTask<StudentKey?> StudentResolver(StudentUniqueId id, CancellationToken cancellationToken);

/// <summary>Turns opt-outs named by id into keys. Run it when a district file is loaded and after each roster import.</summary>
public static class OptOutResolution
{
    /// <returns>The same instance if nothing new was found.</returns>
    public static async ValueTask<DistrictSettings> ResolveAsync(this DistrictSettings settings, StudentResolver resolve, CancellationToken cancellationToken)
    {
        if (settings.UnresolvedOptOuts.Count == 0) return settings;
        var found = new HashSet<StudentKey>(settings.OptOuts);
        var unresolved = new List<StudentUniqueId>();
        foreach (var id in settings.UnresolvedOptOuts)
        {
            if (await resolve(id, cancellationToken) is { } student) found.Add(student);
            else unresolved.Add(id);
        }
        return unresolved.Count == settings.UnresolvedOptOuts.Count
            ? settings
            : settings with { OptOuts = found, UnresolvedOptOuts = unresolved };
    }
}
