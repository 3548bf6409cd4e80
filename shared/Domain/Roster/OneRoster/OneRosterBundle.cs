using SchoolSignal.Domain.Feeds.Archives;

namespace SchoolSignal.Domain.Roster.OneRoster;

/// <summary>The CSV files of a OneRoster bundle, from a zip or a folder.</summary>
/// <param name="open">Opens a file by its name (<c>users.csv</c>), or gives null.</param>
public sealed class OneRosterBundle(Func<string, Stream?> open)
{
    /// <summary>The archive must stay open while the bundle is read.</summary>
    public static OneRosterBundle FromArchive(SafeArchive archive) =>
        new(name => archive.Find(name) is { } path ? archive.OpenEntry(path) : null);

    /// <param name="folder">A folder of this machine.</param>
    public static OneRosterBundle FromFolder(string folder) =>
        new(name => File.Exists(Path.Combine(folder, name)) ? File.OpenRead(Path.Combine(folder, name)) : null);

    /// <summary>Whether an archive looks like a bundle: a manifest, or users beside enrolments.</summary>
    public static bool IsBundle(SafeArchive archive) =>
        archive.Find("manifest.csv") is not null || (archive.Find("users.csv") is not null && archive.Find("enrollments.csv") is not null);

    internal Stream? Open(string fileName) => open(fileName);
}
