namespace SchoolSignal.Domain.Ports;

/// <summary>A school of the directory.</summary>
/// <param name="Key">The directory's own id.</param>
/// <param name="Id">As the district's feeds name it; empty where the directory does not say.</param>
public sealed record DirectorySchool(string Key, string Id, string Name);

/// <summary>What somebody is at a school.</summary>
public enum DirectoryRole
{
    /// <summary>Neither pupil nor teacher as far as the directory says.</summary>
    Other,
    Pupil,
    Teacher,
}

/// <summary>Somebody of a school.</summary>
/// <param name="Id">A pupil's StudentUniqueId, a teacher's id in the district's own system; empty where the directory does not say.</param>
/// <param name="Account">The user principal name.</param>
public sealed record DirectoryPerson(
    string Key, DirectoryRole Role, string Id, string GivenName, string FamilyName, string DisplayName, string Grade, string Account, bool IsActive)
{
    /// <summary>Hides names.</summary>
    public override string ToString() => Role.ToString();
}

/// <summary>A class of a school.</summary>
/// <param name="Id">As the district's own system names it; empty where the directory does not say.</param>
public sealed record DirectoryClass(string Key, string Id, string Title);

/// <summary>Who is in a class, by the directory's own ids.</summary>
public sealed record DirectoryMembers(IReadOnlyList<string> Members, IReadOnlyList<string> Teachers);

/// <summary>Which classes are new or have changed, their members included.</summary>
/// <param name="Changed">Keys; null says all of them.</param>
/// <param name="Mark">To ask with next time.</param>
public sealed record ClassChanges(IReadOnlySet<string>? Changed, string Mark);

/// <summary>The organisation's directory as a source of roster and staff. What cannot be read throws: half a roster is none.</summary>
public interface IRosterDirectory
{
    IAsyncEnumerable<DirectorySchool> SchoolsAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<DirectoryPerson> PeopleAsync(string schoolKey, CancellationToken cancellationToken);

    IAsyncEnumerable<DirectoryClass> ClassesAsync(string schoolKey, CancellationToken cancellationToken);

    /// <param name="mark">Of the last time; null, or one the directory no longer knows, has everything changed.</param>
    ValueTask<ClassChanges> ClassChangesAsync(string? mark, CancellationToken cancellationToken);

    ValueTask<DirectoryMembers> MembersAsync(string classKey, CancellationToken cancellationToken);
}
