namespace SchoolSignal.Domain.Feeds.Archives;

/// <summary>How large a zip may turn out to be; all inclusive. A whole OneRoster bundle of a million pupils stays well below.</summary>
/// <param name="MaxEntries">Files in the archive.</param>
/// <param name="MaxUnpackedBytes">All files together, unpacked.</param>
/// <param name="MaxRatio">Unpacked to packed size of one file, looked at from <see cref="RatioFrom"/> bytes on. A roster packs
/// some ten to thirty times smaller; deflate can reach a thousand.</param>
public sealed record ArchiveLimits(int MaxEntries = 1000, long MaxUnpackedBytes = 4L * 1024 * 1024 * 1024, int MaxRatio = 200)
{
    /// <summary>Smaller files do no harm however well they pack.</summary>
    public const long RatioFrom = 1024 * 1024;

    public static ArchiveLimits Default { get; } = new();
}

/// <summary>A file inside an archive turned out damaged or larger than it said while it was read. Its message is meant for the
/// sender. A stream has no other way to say so; who opens an archive turns it into a refusal.</summary>
public sealed class ArchiveFaultException(string message) : IOException(message);
