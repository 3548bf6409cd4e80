using System.Buffers.Binary;
using System.IO.Compression;

namespace SchoolSignal.Domain.Feeds.Archives;

/// <summary>An archive that was opened, or why it was not.</summary>
public abstract record ArchiveOpening
{
    public sealed record Opened(SafeArchive Archive) : ArchiveOpening;

    /// <summary>In words for the sender.</summary>
    public sealed record Refused(string Why) : ArchiveOpening;
}

/// <summary>A zip from outside, read entry by entry as streams; nothing is ever written to disk. Refused as a whole: too many
/// files, too large unpacked, packed too well to be a roster (a zip bomb), a name that points outside (zip-slip), a name
/// twice, an archive inside the archive, an encrypted file.</summary>
public sealed class SafeArchive : IDisposable
{
    private static readonly string[] ArchiveEndings = [".zip", ".gz", ".tgz", ".7z", ".rar", ".tar", ".bz2", ".xz", ".zst", ".jar"];

    private readonly ZipArchive zip;
    private readonly Dictionary<string, ZipArchiveEntry> entries;

    private SafeArchive(ZipArchive zip, Dictionary<string, ZipArchiveEntry> entries)
    {
        this.zip = zip;
        this.entries = entries;
    }

    /// <summary>Paths of the files inside, with '/'; folders and what macOS adds left out.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <param name="stream">Seekable; left open.</param>
    /// <param name="limits">See <see cref="ArchiveLimits"/>.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ArchiveOpening Open(Stream stream, ArchiveLimits limits)
    {
        if (!stream.CanSeek) throw new ArgumentException("A zip is read from its end: the stream must be seekable.", nameof(stream));
        if (DirectoryFault(stream, limits) is { } fault) return new ArchiveOpening.Refused(fault);
        ZipArchive? zip = null;
        try
        {
            stream.Position = 0;
            zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.OrdinalIgnoreCase);
            if (EntriesFault(zip, limits, entries) is { } why)
            {
                zip.Dispose();
                return new ArchiveOpening.Refused(why);
            }
            return new ArchiveOpening.Opened(new SafeArchive(zip, entries));
        }
        catch (InvalidDataException)
        {
            zip?.Dispose();
            return new ArchiveOpening.Refused("The file is not a zip that can be read: it is cut off or damaged.");
        }
    }

    /// <summary>The path of the file with that name in the outermost folder that has one, or null. Bundles are often zipped
    /// with the folder around them.</summary>
    public string? Find(string fileName) =>
        entries.Keys
            .Where(name => name.AsSpan(name.LastIndexOf('/') + 1).Equals(fileName, StringComparison.OrdinalIgnoreCase))
            .OrderBy(name => name.Count(c => c == '/')).ThenBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>The file of that path for reading once, or null. Reading throws <see cref="ArchiveFaultException"/> where the
    /// file is damaged or holds more than the archive's directory says.</summary>
    public Stream? OpenEntry(string path)
    {
        if (!entries.TryGetValue(path, out var entry)) return null;
        try
        {
            return new EntryStream(entry.Open(), entry.Length, path);
        }
        catch (InvalidDataException)
        {
            throw new ArchiveFaultException($"The file {path} in the archive is damaged or packed in a way that is not supported.");
        }
    }

    public void Dispose() => zip.Dispose();

    /// <summary>Looks at the size of the zip's directory before it is read into memory: its entries are only as honest as
    /// the sender.</summary>
    private static string? DirectoryFault(Stream stream, ArchiveLimits limits)
    {
        const int EndRecord = 22;
        const int BytesPerEntry = 1024;
        var tail = new byte[Math.Min(stream.Length, EndRecord + ushort.MaxValue)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || at + EndRecord > tail.Length) return "The file is not a zip that can be read: its end is missing.";
        var end = tail.AsSpan(at);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        var position = stream.Length - tail.Length + at;
        // A directory that starts earlier than its stated size allows would be read in full all the same.
        return size > (long)limits.MaxEntries * BytesPerEntry || position - offset > (long)limits.MaxEntries * BytesPerEntry
            ? TooMany(limits) : null;
    }

    private static string? EntriesFault(ZipArchive zip, ArchiveLimits limits, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (zip.Entries.Count > limits.MaxEntries) return TooMany(limits);
        long unpacked = 0;
        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName.Replace('\\', '/');
            if (PointsOutside(name)) return "A file in the archive has a name that points outside of it. Pack the files again without folders.";
            if (name.EndsWith('/') || name.StartsWith("__MACOSX/", StringComparison.Ordinal) || name.EndsWith(".DS_Store", StringComparison.Ordinal)) continue;
            if (entry.IsEncrypted) return "A file in the archive is encrypted. Pack the files without a password.";
            if (ArchiveEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                return "There is an archive inside the archive. Send the files of the inner one.";
            unpacked = entry.Length < 0 ? long.MaxValue : unpacked + entry.Length;
            if (unpacked is < 0 or long.MaxValue || unpacked > limits.MaxUnpackedBytes)
                return FormattableString.Invariant($"Unpacked, the archive holds more than {limits.MaxUnpackedBytes} bytes.");
            if (entry.Length >= ArchiveLimits.RatioFrom && entry.Length > entry.CompressedLength * limits.MaxRatio)
                return FormattableString.Invariant($"A file in the archive unpacks to more than {limits.MaxRatio} times its size: that is no roster and no register.");
            if (!entries.TryAdd(name, entry)) return "Two files in the archive have the same name.";
        }
        return null;
    }

    private static bool PointsOutside(string name) =>
        name.Length == 0 || name[0] == '/' || name.Contains(':', StringComparison.Ordinal) || name.Any(char.IsControl)
        || name.Split('/').Any(part => part is ".." or ".");

    private static string TooMany(ArchiveLimits limits) => FormattableString.Invariant($"The archive holds more than {limits.MaxEntries} files.");

    /// <summary>Gives no more bytes than the directory announced, whatever the packed data hold.</summary>
    private sealed class EntryStream(Stream inner, long length, string path) : Stream
    {
        private long given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read;
            try
            {
                read = inner.Read(buffer);
            }
            catch (InvalidDataException)
            {
                throw new ArchiveFaultException($"The file {path} in the archive is damaged.");
            }
            given += read;
            if (given > length) throw new ArchiveFaultException($"The file {path} in the archive is larger than the archive says.");
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
