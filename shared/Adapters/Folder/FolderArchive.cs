using System.Runtime.CompilerServices;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Folder;

/// <summary>The archive as a folder of the file system. A file is written under a temporary name and renamed when complete
/// and on disk; leftovers of a crash are swept at the next start once they are a day old.</summary>
/// <remarks>A path cannot be a file and at once the folder of others, as it can in Blob Storage.</remarks>
public sealed class FolderArchive : IFileArchive
{
    // No part of an archive path starts with a dot, so nothing in the archive can have this name.
    private const string TemporaryFolder = ".tmp";
    private const int BufferSize = 128 * 1024;

    // Whoever reads a whole file brings a buffer; whoever wants a part of it should not be given 128 KiB around it.
    private const int ReadBufferSize = 4 * 1024;

    /// <summary>A temporary file as old as this, or older, belongs to no one any more.</summary>
    public static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private readonly string root;
    private readonly string temporary;

    /// <summary>Opens the archive, making its folder, for its owner only, if it is not there.</summary>
    public FolderArchive(string folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        root = Path.GetFullPath(folder);
        temporary = Path.Combine(root, TemporaryFolder);
        OwnerOnly.CreateFolder(root);
        OwnerOnly.CreateFolder(temporary);
        Sweep(clock.GetUtcNow().UtcDateTime - LeftoverAge);
    }

    public ValueTask<ArchiveWrite> CreateAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<ArchiveWrite>(new FolderWrite(this, FullPath(path), Path.Combine(temporary, Guid.NewGuid().ToString("N"))));
    }

    public ValueTask<Stream?> OpenReadAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult<Stream?>(new FileStream(
                FullPath(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ReadBufferSize));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<Stream?>(null);
        }
    }

    public ValueTask<bool> DeleteAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var full = FullPath(path);
        if (!File.Exists(full)) return ValueTask.FromResult(false);
        File.Delete(full);
        Durable.SyncFolders(Path.GetDirectoryName(full)!, root);
        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<ArchivePath> ListAsync(ArchivePath prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        foreach (var file in Files(prefix.Value is { Length: > 0 } ? FullPath(prefix) : root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ArchivePath.Of(Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar));
        }
    }

    /// <summary>The file itself, or those under the folder, in ordinal order of their paths.</summary>
    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) return [];
        // A folder sorts as its name and the '/' that follows it in every path of its files: "a-b/x" stands before "a/x".
        return Directory.EnumerateFileSystemEntries(path)
            .Where(entry => Path.GetFileName(entry)[0] != '.')
            .Select(entry => (Path: entry, Sort: Path.GetFileName(entry) + (Directory.Exists(entry) ? "/" : "")))
            .OrderBy(entry => entry.Sort, StringComparer.Ordinal)
            .SelectMany(entry => Files(entry.Path));
    }

    private string FullPath(ArchivePath path)
    {
        if (path.Value is not { Length: > 0 }) throw new ArgumentException("The path of a file has at least one part.", nameof(path));
        return Path.Combine(root, path.Value.Replace('/', Path.DirectorySeparatorChar));
    }

    private void Sweep(DateTime before)
    {
        foreach (var file in Directory.EnumerateFiles(temporary))
            if (File.GetLastWriteTimeUtc(file) <= before) File.Delete(file);
    }

    private sealed class FolderWrite(FolderArchive archive, string target, string temporary) : ArchiveWrite
    {
        private readonly FlushAheadStream stream = new(temporary, BufferSize);

        private bool complete;

        public override Stream Stream => stream;

        public override async ValueTask CompleteAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (complete) return;
            // A writer around it may have closed the stream already.
            await stream.DisposeAsync().ConfigureAwait(false);
            Durable.SyncFile(temporary);
            var folder = Path.GetDirectoryName(target)!;
            OwnerOnly.CreateFolder(folder);
            File.Move(temporary, target, overwrite: true);
            Durable.SyncFolders(folder, archive.root);
            complete = true;
        }

        public override async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (!complete) File.Delete(temporary);
        }
    }
}
