using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Release files named on the command line.</summary>
internal static class ReleaseFiles
{
    /// <summary>The releases in the order given.</summary>
    /// <param name="wrong">A sentence on the first file that is none; null if all are.</param>
    public static List<PublishedRelease> ReadAll(IEnumerable<FileInfo> files, out string? wrong)
    {
        var releases = new List<PublishedRelease>();
        wrong = null;
        foreach (var file in files)
        {
            if (Read(file, out wrong) is not { } read) break;
            releases.Add(read.Release);
        }
        return releases;
    }

    public static ReleaseFileRead.Read? Read(FileInfo file, out string? wrong)
    {
        var read = ReleaseFile.Read(File.ReadAllBytes(file.FullName));
        wrong = read is ReleaseFileRead.Refused refused ? $"{file.Name}: {refused.Why}" : null;
        return read as ReleaseFileRead.Read;
    }
}
