using System.Security.Cryptography;
using System.Text.Json;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Backups;

/// <summary>What became of a restore.</summary>
public abstract record RestoreResult
{
    /// <param name="ShreddedPupils">Pupils whose key is gone: erased since the backup was made.</param>
    /// <param name="ShreddedFiles">Files whose key is gone: a pupil was taken out of them since.</param>
    /// <param name="Replayed">Pupils the backup did bring back and a tombstone erased again.</param>
    public sealed record Restored(BackupReport Report, int ShreddedPupils, int ShreddedFiles, int Replayed, AuditVerification Audit) : RestoreResult;

    /// <summary>There are rows or files already.</summary>
    public sealed record NotEmpty : RestoreResult;

    /// <summary>Not a backup, or of a later version of the program.</summary>
    public sealed record NotABackup : RestoreResult;

    public sealed record OtherDistrict(string District) : RestoreResult;

    /// <summary>The keyring does not hold the version, or holds another secret under its name.</summary>
    public sealed record OtherKeyring(string Version) : RestoreResult;

    /// <summary>The file of keys is none of this district and keyring.</summary>
    public sealed record NotTheKeys : RestoreResult;

    /// <summary>A file is not as it was written. Nothing restored so far counts: empty the store and take another backup.</summary>
    /// <param name="Where">In words: byte, frame, and what it is of.</param>
    public sealed record Damaged(string Where) : RestoreResult;
}

/// <summary>Puts a backup into an empty store, without anybody who has been erased since, and looks whether it is whole.</summary>
public sealed class Restore(
    ITableStore store, IFileArchive archive, KnownPartitions known, BackupKeys keys, BackupKeyFile keyFile, StudentDirectory directory, SchoolRolls rolls,
    PupilErasure erasure, AuditVerifier verifier, IKeyring keyring, DistrictId district)
{
    /// <param name="backup">Read from where it stands.</param>
    /// <param name="keysOf">The newest file of keys.</param>
    public async Task<RestoreResult> RunAsync(Stream backup, Stream keysOf, IProgress<BackupReport>? progress, CancellationToken cancellationToken)
    {
        if (!await IsEmptyAsync(cancellationToken)) return new RestoreResult.NotEmpty();
        if (BackupFrames.ReadHeader(backup) is not { Header: { Content: BackupHeader.Backup } header } found) return new RestoreResult.NotABackup();
        if (header.District != district.Value) return new RestoreResult.OtherDistrict(header.District);
        if (await keyring.FindAsync(header.KeyVersion, cancellationToken) is not { } secret) return new RestoreResult.OtherKeyring(header.KeyVersion);
        using var frames = new FrameReader(backup, found.Bytes, BackupFrames.KeyOf(secret, header.Salt));
        try
        {
            if (await keyFile.ReadAsync(keysOf, cancellationToken) is not { } held) return new RestoreResult.NotTheKeys();
            var work = new Work(store, archive, frames, held, progress);
            await work.RunAsync(cancellationToken);
            foreach (var (row, key) in held.Keys) await keys.PutAsync(row, key, cancellationToken);
            foreach (var (row, body) in held.Tombstones) await PutTombstoneAsync(RowKey.FromStored(row), body, cancellationToken);
            await directory.RestoreNumbersAsync(cancellationToken);
            foreach (var (school, year) in await known.SchoolYearsAsync(cancellationToken)) await rolls.LoadAsync(school, year, cancellationToken);
            foreach (var student in work.Shredded) await erasure.SweepAsync(student, cancellationToken);
            var replayed = await erasure.ReplayAsync(cancellationToken);
            var audit = await verifier.VerifyAsync(null, null, null, cancellationToken);
            return new RestoreResult.Restored(work.Report, work.Shredded.Count, work.ShreddedFiles, replayed, audit);
        }
        catch (BackupDamagedException) when (frames.Number == 0)
        {
            // Not even the first frame opens: the secret is another one, or the header was changed.
            return new RestoreResult.OtherKeyring(header.KeyVersion);
        }
        catch (BackupDamagedException damaged)
        {
            return new RestoreResult.Damaged(damaged.Message);
        }
    }

    private async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in archive.ListAsync(default, cancellationToken)) return false;
        await foreach (var partition in known.AllAsync(cancellationToken))
            await foreach (var _ in store.QueryAsync(partition.Table, partition.Key, KnownPartitions.EveryRow, cancellationToken)) return false;
        return true;
    }

    /// <summary>One that the backup brought may be older than the file's: the file's holds.</summary>
    private async Task PutTombstoneAsync(RowKey key, byte[] body, CancellationToken cancellationToken)
    {
        var partition = Tombstones.PartitionOf(district);
        while (true)
        {
            RowChange change = await store.GetAsync(TableName.Directory, partition, key, cancellationToken) is { } row
                ? new RowChange.Replace(key, row.ETag, body)
                : new RowChange.Insert(key, body);
            if (await store.CommitAsync(TableName.Directory, partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private sealed class Work(ITableStore store, IFileArchive archive, FrameReader frames, HeldKeys held, IProgress<BackupReport>? progress)
    {
        private readonly HashSet<StudentKey> shredded = [];
        private readonly HashSet<StudentKey> pupils = [];
        private readonly Dictionary<string, long> rows = [];
        private KnownPartition partition;

        public BackupReport Report { get; private set; } = new(0, 0, 0, 0);

        /// <summary>Pupils whose rows could not be opened.</summary>
        public HashSet<StudentKey> Shredded => shredded;

        public int ShreddedFiles { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var (kind, plain) = frames.Read();
                switch (kind)
                {
                    case FrameKind.Manifest:
                        Check(JsonSerializer.Deserialize(plain, BackupJson.Default.BackupManifest)!);
                        return;
                    case FrameKind.Partition:
                        var named = JsonSerializer.Deserialize(plain, BackupJson.Default.PartitionFrame)!;
                        partition = new KnownPartition(TableName.All.Single(table => table.Value == named.Table), PartitionKey.FromStored(named.Key));
                        frames.Of = $"table {partition.Table}, partition {partition.Key}";
                        break;
                    case FrameKind.Rows:
                        await PutAsync(plain, cancellationToken);
                        break;
                    case FrameKind.PupilRows:
                        await PupilAsync(plain, cancellationToken);
                        break;
                    case FrameKind.File:
                        await FileAsync(ArchivePath.Of(JsonSerializer.Deserialize(plain, BackupJson.Default.FileFrame)!.Path.Split('/')), cancellationToken);
                        break;
                    default:
                        throw new BackupDamagedException($"A frame of a kind that does not belong there, in {frames.Of}.");
                }
                progress?.Report(Report);
            }
        }

        private async Task PupilAsync(byte[] plain, CancellationToken cancellationToken)
        {
            var student = new StudentKey(new Guid(plain.AsSpan(0, StudentKey.Size)));
            var place = $"{partition.Table} {partition.Key} {student}";
            pupils.Add(student);
            if (held.Keys.TryGetValue(BackupKeys.RowOf(student), out var key) && BackupFrames.OpenInner(key, plain.AsSpan(StudentKey.Size), place) is { } open)
                await PutAsync(open, cancellationToken);
            else
                shredded.Add(student);
        }

        private async Task PutAsync(byte[] packed, CancellationToken cancellationToken)
        {
            var changes = new List<RowChange>();
            long bytes = 0;
            foreach (var (key, body) in PackedRows.Read(packed))
            {
                var row = RowKey.FromStored(key);
                var size = ITableStore.WireBytes(row, body.Length);
                if (changes.Count == ITableStore.MaxChanges || bytes + size > ITableStore.MaxCommitBytes) await CommitAsync();
                changes.Add(new RowChange.Insert(row, body));
                bytes += size;
            }
            if (changes.Count > 0) await CommitAsync();

            async Task CommitAsync()
            {
                if (await store.CommitAsync(partition.Table, partition.Key, changes, cancellationToken) is CommitResult.Conflict)
                    throw new InvalidOperationException("Somebody else writes to the store that is being restored. Stop the app, empty the store and begin anew.");
                rows[partition.Table.Value] = rows.GetValueOrDefault(partition.Table.Value) + changes.Count;
                Report = Report with { Rows = Report.Rows + changes.Count, Pupils = pupils.Count - shredded.Count };
                changes.Clear();
                bytes = 0;
            }
        }

        private async Task FileAsync(ArchivePath path, CancellationToken cancellationToken)
        {
            frames.Of = $"file {path}";
            var key = held.Keys.GetValueOrDefault(BackupKeys.RowOf(path));
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = await archive.CreateAsync(path, cancellationToken);
            long size = 0;
            var isShredded = false;
            while (true)
            {
                var (kind, plain) = frames.Read();
                if (kind == FrameKind.FileEnd)
                {
                    var end = JsonSerializer.Deserialize(plain, BackupJson.Default.FileEndFrame)!;
                    if (isShredded)
                    {
                        ShreddedFiles++;
                        return;
                    }
                    if (size != end.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != end.Sha256) throw new BackupDamagedException($"The {frames.Of} is not as it was.");
                    await file.CompleteAsync(cancellationToken);
                    Report = Report with { Files = Report.Files + 1, Bytes = Report.Bytes + size };
                    return;
                }
                if (kind is not (FrameKind.Data or FrameKind.SealedData)) throw new BackupDamagedException($"A frame of a kind that does not belong there, in {frames.Of}.");
                var open = kind == FrameKind.Data ? plain : key is null ? null : BackupFrames.OpenInner(key, plain, path.Value);
                isShredded |= open is null;
                if (open is null || isShredded) continue;
                hash.AppendData(open);
                await file.Stream.WriteAsync(open, cancellationToken);
                size += open.Length;
            }
        }

        /// <summary>Every frame was as it was written; a pupil's rows that could not be opened are the only ones that may be missing.</summary>
        private void Check(BackupManifest manifest)
        {
            var missing = manifest.Rows.Where(table => rows.GetValueOrDefault(table.Key) > table.Value || (shredded.Count == 0 && rows.GetValueOrDefault(table.Key) != table.Value)).ToList();
            if (missing.Count > 0 || manifest.Pupils != pupils.Count || manifest.Files != Report.Files + ShreddedFiles)
                throw new BackupDamagedException("What was read is not as much as the backup's end says.");
        }
    }
}
