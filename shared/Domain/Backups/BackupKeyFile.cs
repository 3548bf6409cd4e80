using System.Security.Cryptography;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Backups;

/// <summary>The keys of pupils and files, and the tombstones, as read from a file of keys.</summary>
internal sealed record HeldKeys(IReadOnlyDictionary<string, byte[]> Keys, IReadOnlyDictionary<string, byte[]> Tombstones);

/// <summary>Writes and reads the file of keys: one, kept apart from the backups and replaced by a new one with every backup and after every
/// erasure. Who destroys the old one has erased the pupil from every backup.</summary>
public sealed class BackupKeyFile(BackupKeys keys, Tombstones tombstones, IKeyring keyring, DistrictId district, TimeProvider time)
{
    private const string KeyPart = "keys";
    private const string TombstonePart = "tombstones";
    private const int FrameBytes = 256 * 1024;

    /// <returns>How many keys and tombstones were written.</returns>
    public async Task<(long Keys, long Tombstones)> WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        var secret = await keyring.CurrentAsync(cancellationToken);
        var header = new BackupHeader(BackupHeader.Keys, district.Value, time.GetUtcNow(), secret.Version, RandomNumberGenerator.GetBytes(32));
        using var writer = new FrameWriter(to, header, BackupFrames.KeyOf(secret, header.Salt));
        long keyCount = 0;
        long tombstoneCount = 0;
        using var packed = new MemoryStream();
        Part(writer, KeyPart);
        await foreach (var (row, key) in keys.AllAsync(cancellationToken))
        {
            PackedRows.Add(packed, row, key);
            keyCount++;
            Flush(writer, packed, FrameBytes);
        }
        Flush(writer, packed, 1);
        Part(writer, TombstonePart);
        foreach (var stored in await tombstones.AllAsync(cancellationToken))
        {
            PackedRows.Add(packed, stored.Key.Value, JsonSerializer.SerializeToUtf8Bytes(stored.Tombstone, TombstoneJson.Default.Tombstone));
            tombstoneCount++;
            Flush(writer, packed, FrameBytes);
        }
        Flush(writer, packed, 1);
        writer.Complete(hash => new BackupManifest(new SortedDictionary<string, long> { [KeyPart] = keyCount, [TombstonePart] = tombstoneCount }, 0, 0, 0, hash));
        return (keyCount, tombstoneCount);
    }

    /// <returns>Null if it is no file of keys of this district, or of a version of the keyring that is not held.</returns>
    /// <exception cref="BackupDamagedException">The file is not as it was written.</exception>
    internal async Task<HeldKeys?> ReadAsync(Stream from, CancellationToken cancellationToken)
    {
        if (BackupFrames.ReadHeader(from) is not { Header: { Content: BackupHeader.Keys } header } found || header.District != district.Value) return null;
        if (await keyring.FindAsync(header.KeyVersion, cancellationToken) is not { } secret) return null;
        using var reader = new FrameReader(from, found.Bytes, BackupFrames.KeyOf(secret, header.Salt)) { Of = "the file of keys" };
        var read = new Dictionary<string, Dictionary<string, byte[]>> { [KeyPart] = [], [TombstonePart] = [] };
        var part = KeyPart;
        while (true)
        {
            var (kind, plain) = reader.Read();
            switch (kind)
            {
                case FrameKind.Manifest:
                    return new HeldKeys(read[KeyPart], read[TombstonePart]);
                case FrameKind.Partition:
                    part = JsonSerializer.Deserialize(plain, BackupJson.Default.PartitionFrame)!.Table;
                    break;
                case FrameKind.Rows:
                    foreach (var (row, body) in PackedRows.Read(plain)) read[part][row] = body.ToArray();
                    break;
                default:
                    throw new BackupDamagedException("The file of keys holds what no file of keys holds.");
            }
        }
    }

    private static void Part(FrameWriter writer, string part) =>
        writer.Write(FrameKind.Partition, JsonSerializer.SerializeToUtf8Bytes(new PartitionFrame(part, ""), BackupJson.Default.PartitionFrame));

    private static void Flush(FrameWriter writer, MemoryStream packed, int from)
    {
        if (packed.Length < from) return;
        writer.Write(FrameKind.Rows, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        packed.SetLength(0);
    }
}
