using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>The keys that backups are encrypted under besides the district's own: one for each pupil's rows and one for each archived
/// file. They are in no backup. Destroying a key takes the pupil, or the file, out of every backup ever made.</summary>
/// <remarks>Rows <c>P|student</c> and <c>F|path</c> of table <c>directory</c>, partitions (district, "keys", bucket), sealed under the
/// keyring. A key once destroyed is not made again: a pupil who has gone is in no later backup, and a file is given a new one, because
/// what is then encrypted is the file without the pupil.</remarks>
public sealed class BackupKeys(ITableStore store, DirectoryKeys keys, PupilPartitions partitions, DistrictId district)
{
    public const int KeySize = 32;

    private const string PupilRows = "P";
    private const string FileRows = "F";

    /// <summary>The keys of those pupils of a bucket; made where there are none.</summary>
    public async Task<Dictionary<StudentKey, byte[]>> OfPupilsAsync(int bucket, IReadOnlyCollection<StudentKey> students, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(students);
        var found = new Dictionary<StudentKey, byte[]>();
        await foreach (var row in store.QueryAsync(TableName.Directory, PartitionOf(bucket), RowKeyRange.Under(PupilRows), cancellationToken))
            found[StudentKey.Parse(row.Key.Parts()[1])] = await OpenAsync(bucket, row, cancellationToken);
        var current = await keys.CurrentAsync(cancellationToken);
        foreach (var student in students)
        {
            if (found.ContainsKey(student)) continue;
            var key = RandomNumberGenerator.GetBytes(KeySize);
            var row = KeyOf(student);
            if (await store.CommitAsync(TableName.Directory, PartitionOf(bucket), [new RowChange.Insert(row, Sealed(current, bucket, row, key))], cancellationToken) is not CommitResult.Committed)
                key = (await FindAsync(student, cancellationToken))!;
            found[student] = key;
        }
        return found;
    }

    /// <summary>Null if there is none: the pupil was never backed up, or has been erased.</summary>
    public Task<byte[]?> FindAsync(StudentKey student, CancellationToken cancellationToken) => FindAsync(partitions.BucketOf(student), KeyOf(student), cancellationToken);

    public Task<byte[]?> FindAsync(ArchivePath path, CancellationToken cancellationToken) => FindAsync(BucketOf(path), KeyOf(path), cancellationToken);

    /// <summary>The file's key, made where there is none.</summary>
    public async Task<byte[]> OfFileAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(path, cancellationToken) is { } held) return held;
            var key = RandomNumberGenerator.GetBytes(KeySize);
            var row = KeyOf(path);
            var body = Sealed(await keys.CurrentAsync(cancellationToken), BucketOf(path), row, key);
            if (await store.CommitAsync(TableName.Directory, PartitionOf(BucketOf(path)), [new RowChange.Insert(row, body)], cancellationToken) is CommitResult.Committed) return key;
        }
    }

    public Task DestroyAsync(StudentKey student, CancellationToken cancellationToken) => DestroyAsync(partitions.BucketOf(student), KeyOf(student), cancellationToken);

    public Task DestroyAsync(ArchivePath path, CancellationToken cancellationToken) => DestroyAsync(BucketOf(path), KeyOf(path), cancellationToken);

    /// <summary>Every key, by its row: for the file of keys that is kept apart from the backups.</summary>
    public async IAsyncEnumerable<(string Row, byte[] Key)> AllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var bucket = 0; bucket < partitions.Count; bucket++)
            await foreach (var row in store.QueryAsync(TableName.Directory, PartitionOf(bucket), KnownPartitions.EveryRow, cancellationToken))
                yield return (row.Key.Value, await OpenAsync(bucket, row, cancellationToken));
    }

    /// <summary>Puts a key back, after a restore. One that is there stays.</summary>
    public async Task PutAsync(string rowKey, byte[] key, CancellationToken cancellationToken)
    {
        var row = RowKey.FromStored(rowKey);
        var bucket = row.Parts() is [PupilRows, var student] ? partitions.BucketOf(StudentKey.Parse(student)) : BucketOf(row.Parts()[1]);
        await store.CommitAsync(
            TableName.Directory, PartitionOf(bucket), [new RowChange.Insert(row, Sealed(await keys.CurrentAsync(cancellationToken), bucket, row, key))], cancellationToken);
    }

    /// <summary>Seals under a new version of the keyring what is sealed under an older one. A key destroyed or made meanwhile is met in the
    /// next pass.</summary>
    /// <returns>How many were sealed under another version.</returns>
    public async Task<long> ResealAsync(SecretKeys to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(to);
        long found = 0;
        for (var bucket = 0; bucket < partitions.Count; bucket++)
        {
            var old = new List<TableRow>();
            await foreach (var row in store.QueryAsync(TableName.Directory, PartitionOf(bucket), KnownPartitions.EveryRow, cancellationToken))
                if (VersionOf(row) != to.Version) old.Add(row);
            found += old.Count;
            foreach (var chunk in old.Chunk(ITableStore.MaxChanges))
            {
                var changes = new List<RowChange>();
                foreach (var row in chunk) changes.Add(new RowChange.Replace(row.Key, row.ETag, Sealed(to, bucket, row.Key, await OpenAsync(bucket, row, cancellationToken))));
                if (await store.CommitAsync(TableName.Directory, PartitionOf(bucket), changes, cancellationToken) is CommitResult.Committed) continue;
                foreach (var change in changes) await store.CommitAsync(TableName.Directory, PartitionOf(bucket), [change], cancellationToken);
            }
        }
        return found;
    }

    internal static PartitionKey PartitionOf(DistrictId district, int bucket) =>
        PartitionKey.Of(district.Value, "keys", bucket.ToString("D4", CultureInfo.InvariantCulture));

    internal static string RowOf(StudentKey student) => KeyOf(student).Value;

    internal static string RowOf(ArchivePath path) => KeyOf(path).Value;

    private async Task DestroyAsync(int bucket, RowKey key, CancellationToken cancellationToken)
    {
        while (await store.GetAsync(TableName.Directory, PartitionOf(bucket), key, cancellationToken) is { } row)
            if (await store.CommitAsync(TableName.Directory, PartitionOf(bucket), [new RowChange.Delete(key, row.ETag)], cancellationToken) is CommitResult.Committed) return;
    }

    private async Task<byte[]?> FindAsync(int bucket, RowKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Directory, PartitionOf(bucket), key, cancellationToken) is { } row ? await OpenAsync(bucket, row, cancellationToken) : null;

    private byte[] Sealed(SecretKeys current, int bucket, RowKey row, byte[] key) =>
        [(byte)current.Version.Length, .. Encoding.ASCII.GetBytes(current.Version), .. current.Seal(key, Place(bucket, row))];

    private async ValueTask<byte[]> OpenAsync(int bucket, TableRow row, CancellationToken cancellationToken)
    {
        var secret = await keys.OfAsync(VersionOf(row), cancellationToken);
        var plain = new byte[KeySize];
        secret.Unseal(row.Body.Span[(1 + row.Body.Span[0])..], Place(bucket, row.Key), plain);
        return plain;
    }

    private static string VersionOf(TableRow row) => Encoding.ASCII.GetString(row.Body.Span.Slice(1, row.Body.Span[0]));

    private string Place(int bucket, RowKey row) => $"{PartitionOf(bucket).Value} {row.Value}";

    private PartitionKey PartitionOf(int bucket) => PartitionOf(district, bucket);

    private int BucketOf(ArchivePath path) => BucketOf(path.Value);

    private int BucketOf(string path) =>
        (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(path))) % (uint)partitions.Count);

    private static RowKey KeyOf(StudentKey student) => RowKey.Of(PupilRows, student.ToString());

    private static RowKey KeyOf(ArchivePath path) => RowKey.Of(FileRows, path.Value);
}
