using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Backups;

/// <summary>How far a backup or restore is, and what it came to in the end.</summary>
/// <param name="Pupils">Pupils whose rows are under a key of their own.</param>
/// <param name="Bytes">Of archived files.</param>
public sealed record BackupReport(long Rows, long Pupils, long Files, long Bytes)
{
    /// <summary>Messages that waited in the queues while it ran; they are in no backup. Null where the queue does not tell.</summary>
    public long? Waiting { get; init; }
}

/// <summary>Writes everything the district holds into one encrypted file: every row of every known partition, and every archived file. Each
/// pupil's rows are encrypted once more under the pupil's own key, each feed's files under theirs (<see cref="BackupKeys"/>).</summary>
/// <remarks>Left out, because it is made anew from what is there: the sealed rolls and the <c>H</c> rows of the directory. The keys
/// themselves, and the keyring, are in no backup. Rows may change meanwhile: a partition is read at one go, what was sent between two of them
/// is repeated or found missing as after a crash; of the audit no more is taken than what a tail read before it vouches for.</remarks>
public sealed class Backup(
    ITableStore store, IFileArchive archive, KnownPartitions known, BackupKeys keys, PupilPartitions pupils, IWaitingMessages waiting, IKeyring keyring,
    DistrictId district, TimeProvider time)
{
    private const int FrameBytes = 256 * 1024;
    private const int FileBytes = 1024 * 1024;

    public async Task<BackupReport> WriteAsync(Stream to, IProgress<BackupReport>? progress, CancellationToken cancellationToken)
    {
        var secret = await keyring.CurrentAsync(cancellationToken);
        var header = new BackupHeader(BackupHeader.Backup, district.Value, time.GetUtcNow(), secret.Version, RandomNumberGenerator.GetBytes(32));
        using var frames = new FrameWriter(to, header, BackupFrames.KeyOf(secret, header.Salt));
        var work = new Work(store, archive, keys, pupils, district, frames, progress);
        var first = true;
        await foreach (var partition in known.AllAsync(cancellationToken))
        {
            await work.PartitionAsync(partition, cancellationToken);
            // The register counts the seals: read before them, it never counts one too many.
            if (first) await work.FilesAsync(path => IsSeal(path), cancellationToken);
            first = false;
        }
        await work.FilesAsync(path => !IsSeal(path), cancellationToken);
        frames.Complete(work.Manifest);
        return work.Report with { Waiting = await waiting.CountAsync(cancellationToken) };
    }

    /// <summary>Whether a row is in a backup.</summary>
    internal static bool Holds(DistrictId district, KnownPartition partition, RowKey key)
    {
        if (partition.Table != TableName.Directory) return true;
        var rest = partition.Key.Value[(PartitionKey.Of(district.Value).Value.Length + 1)..];
        return !rest.StartsWith("roll|", StringComparison.Ordinal) && !rest.StartsWith("keys|", StringComparison.Ordinal) && rest != "rekey" && key.Parts()[0] != "H";
    }

    internal static bool IsUnderKey(ArchivePath path) => path.Value.StartsWith("feeds/", StringComparison.Ordinal);

    private static bool IsSeal(ArchivePath path) => path.Value.StartsWith("audit/", StringComparison.Ordinal);

    private sealed class Work(
        ITableStore store, IFileArchive archive, BackupKeys keys, PupilPartitions partitions, DistrictId district, FrameWriter frames, IProgress<BackupReport>? progress)
    {
        private readonly SortedDictionary<string, long> rows = [];
        private readonly HashSet<StudentKey> pupils = [];

        public BackupReport Report { get; private set; } = new(0, 0, 0, 0);

        public BackupManifest Manifest(string hash) => new(rows, Report.Pupils, Report.Files, Report.Bytes, hash);

        public async Task PartitionAsync(KnownPartition partition, CancellationToken cancellationToken)
        {
            var read = await ReadAsync(partition, cancellationToken);
            if (read.Count == 0) return;
            frames.Write(FrameKind.Partition, JsonSerializer.SerializeToUtf8Bytes(new PartitionFrame(partition.Table.Value, partition.Key.Value), BackupJson.Default.PartitionFrame));
            var names = new PupilNames();
            if (partition.Table == TableName.Pupils)
                foreach (var row in read) names.Learn(row);
            var owned = read.ToLookup(row => PupilOf(partition, row, names));
            Write(FrameKind.Rows, owned[null], pack => pack);
            var owners = owned.Where(group => group.Key is not null).Select(group => group.Key!.Value).ToList();
            foreach (var bucket in owners.GroupBy(partitions.BucketOf))
            {
                var keysOf = await keys.OfPupilsAsync(bucket.Key, [.. bucket], cancellationToken);
                foreach (var student in bucket)
                {
                    var place = $"{partition.Table} {partition.Key} {student}";
                    Write(FrameKind.PupilRows, owned[student], pack => [.. student.Value.ToByteArray(), .. BackupFrames.SealInner(keysOf[student], pack, place)]);
                    pupils.Add(student);
                }
            }
            rows[partition.Table.Value] = rows.GetValueOrDefault(partition.Table.Value) + read.Count;
            Report = Report with { Rows = Report.Rows + read.Count, Pupils = pupils.Count };
            progress?.Report(Report);
        }

        public async Task FilesAsync(Func<ArchivePath, bool> isMeant, CancellationToken cancellationToken)
        {
            var paths = new List<ArchivePath>();
            await foreach (var path in archive.ListAsync(default, cancellationToken))
                if (isMeant(path)) paths.Add(path);
            foreach (var path in paths)
            {
                // Taken away since it was listed.
                if (await archive.OpenReadAsync(path, cancellationToken) is not { } file) continue;
                await using (file) await FileAsync(path, file, cancellationToken);
            }
        }

        private async Task FileAsync(ArchivePath path, Stream file, CancellationToken cancellationToken)
        {
            frames.Write(FrameKind.File, JsonSerializer.SerializeToUtf8Bytes(new FileFrame(path.Value), BackupJson.Default.FileFrame));
            var key = IsUnderKey(path) ? await keys.OfFileAsync(path, cancellationToken) : null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[FileBytes];
            long size = 0;
            for (int read; (read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0; size += read)
            {
                var piece = buffer.AsSpan(0, read);
                hash.AppendData(piece);
                if (key is null) frames.Write(FrameKind.Data, piece);
                else frames.Write(FrameKind.SealedData, BackupFrames.SealInner(key, piece, path.Value));
            }
            frames.Write(FrameKind.FileEnd, JsonSerializer.SerializeToUtf8Bytes(new FileEndFrame(size, Convert.ToHexStringLower(hash.GetHashAndReset())), BackupJson.Default.FileEndFrame));
            Report = Report with { Files = Report.Files + 1, Bytes = Report.Bytes + size };
            progress?.Report(Report);
        }

        private async Task<List<TableRow>> ReadAsync(KnownPartition partition, CancellationToken cancellationToken)
        {
            var read = new List<TableRow>();
            if (partition.Table == TableName.Audit && await store.GetAsync(partition.Table, partition.Key, ChainRows.TailKey, cancellationToken) is { } tail)
            {
                var end = JsonSerializer.Deserialize(tail.Body.Span, AuditJson.Default.ChainTail)!.Point.Sequence;
                await foreach (var row in store.QueryAsync(partition.Table, partition.Key, KnownPartitions.EveryRow, cancellationToken))
                    if (row.Key != ChainRows.TailKey && (ChainRows.SequenceOf(row) ?? 0) <= end) read.Add(row);
                read.Add(tail);
                return read;
            }
            await foreach (var row in store.QueryAsync(partition.Table, partition.Key, KnownPartitions.EveryRow, cancellationToken))
                if (Holds(district, partition, row.Key)) read.Add(row);
            return read;
        }

        private void Write(FrameKind kind, IEnumerable<TableRow> of, Func<byte[], byte[]> wrap)
        {
            using var packed = new MemoryStream();
            foreach (var row in of)
            {
                PackedRows.Add(packed, row.Key.Value, row.Body.Span);
                if (packed.Length < FrameBytes) continue;
                frames.Write(kind, wrap(packed.ToArray()));
                packed.SetLength(0);
            }
            if (packed.Length > 0) frames.Write(kind, wrap(packed.ToArray()));
        }

        /// <summary>Whose key the row is under: of the pupil's own partition and of the directory every row about one pupil, and of schools
        /// what is kept there of one.</summary>
        private static StudentKey? PupilOf(KnownPartition partition, TableRow row, PupilNames names)
        {
            if (partition.Table == TableName.Pupils) return names.OwnerOf(row);
            if (partition.Table == TableName.Directory) return row.Key.Parts() is ["K", var student] ? StudentKey.Parse(student) : null;
            return partition.Table == TableName.Schools ? InJson(row.Body.Span) : null;
        }

        private static StudentKey? InJson(ReadOnlySpan<byte> body)
        {
            ReadOnlySpan<byte> name = "\"student\":\""u8;
            var at = body.IndexOf(name);
            if (at < 0 || body.Length < at + name.Length + 32) return null;
            return Guid.TryParseExact(Encoding.ASCII.GetString(body.Slice(at + name.Length, 32)), "N", out var key) ? new StudentKey(key) : null;
        }
    }
}
