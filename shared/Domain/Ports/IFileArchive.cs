namespace SchoolSignal.Domain.Ports;

/// <summary>Where a file lies in the archive: parts joined by '/', each of letters, digits, '-', '_', '.', never
/// starting with a dot. Made from ids of ours, never from a sender's file name.</summary>
public readonly record struct ArchivePath
{
    private ArchivePath(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="ArgumentException">A part is empty, starts with a dot or has another character.</exception>
    public static ArchivePath Of(params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
            if (part.Length == 0 || part[0] == '.' || part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
                throw new ArgumentException("A part of an archive path is letters, digits, '-', '_' or '.'.", nameof(parts));
        return new ArchivePath(string.Join('/', parts!));
    }

    public override string ToString() => Value;
}

/// <summary>Files as received and as published. A file is written once and seen only when complete.</summary>
public interface IFileArchive
{
    /// <summary>Opens a new file for writing. It becomes visible with <see cref="ArchiveWrite.CompleteAsync"/>, replacing an
    /// earlier file of that path; disposed before that, nothing stays.</summary>
    ValueTask<ArchiveWrite> CreateAsync(ArchivePath path, CancellationToken cancellationToken);

    /// <summary>The file for reading, seekable, or null if there is none.</summary>
    ValueTask<Stream?> OpenReadAsync(ArchivePath path, CancellationToken cancellationToken);

    /// <summary>True if a file was there.</summary>
    ValueTask<bool> DeleteAsync(ArchivePath path, CancellationToken cancellationToken);

    /// <summary>Paths that start with the given parts, in ordinal order.</summary>
    IAsyncEnumerable<ArchivePath> ListAsync(ArchivePath prefix, CancellationToken cancellationToken);
}

/// <summary>A file being written.</summary>
public abstract class ArchiveWrite : IAsyncDisposable
{
    public abstract Stream Stream { get; }

    /// <summary>Makes the file visible and durable.</summary>
    public abstract ValueTask CompleteAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
