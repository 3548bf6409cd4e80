using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>A pupil to put on a school's roll of a year.</summary>
/// <param name="Spans">No span: the slot is kept for marks that lie outside every stay.</param>
/// <param name="OnlyIfHeld">Brings a slot up to date and gives none to a pupil who has none.</param>
public sealed record RollEntry(
    StudentKey Student, StudentUniqueId UniqueId, IReadOnlyList<EnrollmentSpan> Spans, bool ElsewhereToo, bool OnlyIfHeld = false);

/// <summary>Keeps who sits in which slot: <c>B</c> rows in the attendance partition hold StudentKeys, and beside them the
/// directory holds the same block's StudentUniqueIds, sealed (docs/adr/0003).</summary>
/// <remarks>The <c>B</c> row is written first and decides; ids missing from the sealed row after a crash are restored from
/// the directory on load.</remarks>
public sealed class SchoolRolls(
    ITableStore store, DirectoryKeys keys, StudentDirectory directory, SchoolRegistry registry, Outbox outbox, DistrictId district)
{
    private const string SealedBlocks = "B";

    /// <summary>The roll as stored. A year without a block takes over last year's pupils who are still on roll.</summary>
    public async Task<SchoolRoll> LoadAsync(SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var roll = await ReadAsync(school, year, cancellationToken);
        return roll.SlotCount > 0 ? roll : await EnrollAsync(school, year, [], cancellationToken);
    }

    /// <summary>Gives new pupils a slot and brings the spans of known ones up to date. The year's first roll takes over last
    /// year's pupils who are still on roll.</summary>
    /// <param name="recount">Whether known pupils' changed spans ask for the school days to be counted anew.</param>
    /// <returns>The roll as it then stands.</returns>
    public async Task<SchoolRoll> EnrollAsync(
        SchoolId school, SchoolYear year, IReadOnlyList<RollEntry> entries, CancellationToken cancellationToken, bool recount = false)
    {
        while (!await TryEnrollAsync(school, year, entries, recount, cancellationToken))
            cancellationToken.ThrowIfCancellationRequested();
        if (recount) await outbox.RelayAsync(TableName.Attendance, LedgerKeys.Partition(district, school, year), cancellationToken);
        return await ReadAsync(school, year, cancellationToken);
    }

    /// <summary>Seals a year's blocks anew that were sealed under another version of the keyring.</summary>
    /// <returns>How many were; one that somebody else changed meanwhile is counted and left for the next call.</returns>
    public async Task<int> ResealAsync(SchoolId school, SchoolYear year, SecretKeys current, CancellationToken cancellationToken)
    {
        var sealedAnew = 0;
        await foreach (var row in store.QueryAsync(TableName.Directory, SealedPartition(school, year), RowKeyRange.Under(SealedBlocks), cancellationToken))
        {
            if (DirectoryRows.VersionOf(row.Body) == current.Version) continue;
            var ids = await UnsealAsync(school, year, row, cancellationToken);
            await store.CommitAsync(
                TableName.Directory, SealedPartition(school, year),
                [new RowChange.Replace(row.Key, row.ETag, Sealed(current, ids, school, year, row.Key))], cancellationToken);
            sealedAnew++;
        }
        return sealedAnew;
    }

    /// <summary>Takes a pupil's number out of the sealed blocks of a year: for an erasure.</summary>
    /// <param name="remove">False only counts.</param>
    /// <returns>How many blocks hold, or held, it.</returns>
    public async Task<int> ForgetAsync(SchoolId school, SchoolYear year, StudentUniqueId student, bool remove, CancellationToken cancellationToken)
    {
        var number = Encoding.UTF8.GetBytes(student.Value);
        var found = new List<(int Block, int Slot)>();
        await foreach (var row in store.QueryAsync(TableName.Directory, SealedPartition(school, year), RowKeyRange.Under(SealedBlocks), cancellationToken))
        {
            var ids = await UnsealAsync(school, year, row, cancellationToken);
            var block = int.Parse(row.Key.Parts()[1], System.Globalization.CultureInfo.InvariantCulture);
            for (var slot = 0; slot < ids.Length; slot++)
                if (ids[slot].AsSpan().SequenceEqual(number)) found.Add((block, slot));
        }
        if (remove)
            foreach (var (block, slot) in found) await AddIdsAsync(school, year, block, new Dictionary<int, byte[]> { [slot] = [] }, cancellationToken);
        return found.Count;
    }

    private async Task<bool> TryEnrollAsync(
        SchoolId school, SchoolYear year, IReadOnlyList<RollEntry> entries, bool recount, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, school, year);
        var blocks = await ReadBlocksAsync(partition, cancellationToken);
        if (blocks.Slots.Count == 0) entries = [.. await StayingAsync(school, year, entries, cancellationToken), .. entries];
        var slotOf = new Dictionary<StudentKey, int>();
        for (var i = 0; i < blocks.Slots.Count; i++)
            if (blocks.Slots[i] is { } slot) slotOf[slot.Student] = i;

        var changed = new SortedSet<int>();
        var newIds = new Dictionary<int, StudentUniqueId>();
        var moved = false;
        foreach (var entry in entries)
        {
            var slot = new RegisterSlot(entry.Student, [.. entry.Spans.OrderBy(s => s.Entry)], entry.ElsewhereToo);
            if (!slotOf.TryGetValue(entry.Student, out var at))
            {
                if (entry.OnlyIfHeld) continue;
                at = blocks.Slots.Count;
                blocks.Slots.Add(null);
                slotOf[entry.Student] = at;
                newIds[at] = entry.UniqueId;
            }
            if (blocks.Slots[at] is { } known)
            {
                if (known.ElsewhereToo == slot.ElsewhereToo && known.Spans.SequenceEqual(slot.Spans)) continue;
                moved |= !newIds.ContainsKey(at);
            }
            blocks.Slots[at] = slot;
            changed.Add(at / RegisterBlock.Width);
        }
        if (changed.Count == 0) return true;

        await registry.AddAsync(school, year, cancellationToken);
        var asks = recount && moved && await SchoolYearHeader.FindAsync(store, partition, cancellationToken) is not null;
        foreach (var chunk in changed.Chunk(ITableStore.MaxChanges - 1))
        {
            var changes = chunk.Select(block => Write(LedgerKeys.Block(block), blocks.ETags.GetValueOrDefault(block), BlockRow.Write(SlotsOf(blocks.Slots, block)))).ToList();
            if (asks) changes.Add(Outbox.Row(QueueName.Screenings, BaselineUpdate.RecountOf(district, school, year)));
            if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is CommitResult.Conflict) return false;
        }
        foreach (var group in newIds.GroupBy(n => n.Key / RegisterBlock.Width))
            await AddIdsAsync(school, year, group.Key, group.ToDictionary(n => n.Key % RegisterBlock.Width, n => Encoding.UTF8.GetBytes(n.Value.Value)), cancellationToken);
        return true;
    }

    /// <summary>Last year's pupils whose stay goes on into the year, less those who are stated anew.</summary>
    private async Task<List<RollEntry>> StayingAsync(SchoolId school, SchoolYear year, IReadOnlyList<RollEntry> stated, CancellationToken cancellationToken)
    {
        var staying = new List<RollEntry>();
        var statedAnew = stated.Select(e => e.Student).ToHashSet();
        var before = await ReadAsync(school, year with { EndYear = year.EndYear - 1 }, cancellationToken);
        foreach (var (index, slot) in before.Pupils())
        {
            var spans = slot.Spans.Where(s => s.Entry <= year.LastDay && (s.Exit is null || s.Exit >= year.FirstDay)).ToList();
            // A pupil without an id was erased from the directory.
            if (spans.Count == 0 || statedAnew.Contains(slot.Student) || before.IdAt(index).IsEmpty) continue;
            staying.Add(new RollEntry(slot.Student, StudentUniqueId.Parse(Encoding.UTF8.GetString(before.IdAt(index))), spans, slot.ElsewhereToo));
        }
        return staying;
    }

    private async Task<SchoolRoll> ReadAsync(SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var blocks = await ReadBlocksAsync(LedgerKeys.Partition(district, school, year), cancellationToken);
        var ids = new byte[blocks.Slots.Count][];
        Array.Fill(ids, []);
        await foreach (var row in store.QueryAsync(TableName.Directory, SealedPartition(school, year), RowKeyRange.Under(SealedBlocks), cancellationToken))
        {
            var block = int.Parse(row.Key.Parts()[1], System.Globalization.CultureInfo.InvariantCulture);
            var blockIds = await UnsealAsync(school, year, row, cancellationToken);
            for (var i = 0; i < RegisterBlock.Width && (block * RegisterBlock.Width) + i < ids.Length; i++)
                ids[(block * RegisterBlock.Width) + i] = blockIds[i];
        }
        await RestoreAsync(school, year, blocks.Slots, ids, cancellationToken);
        return new SchoolRoll(school, year, blocks.Slots, ids);
    }

    private async Task RestoreAsync(SchoolId school, SchoolYear year, List<RegisterSlot?> slots, byte[][] ids, CancellationToken cancellationToken)
    {
        var lost = new Dictionary<int, byte[]>();
        for (var i = 0; i < slots.Count; i++)
        {
            if (slots[i] is not { } slot || ids[i].Length > 0) continue;
            if (await directory.IdentifyAsync(slot.Student, cancellationToken) is not { } identity) continue;
            ids[i] = Encoding.UTF8.GetBytes(identity.UniqueId.Value);
            lost[i] = ids[i];
        }
        foreach (var group in lost.GroupBy(l => l.Key / RegisterBlock.Width))
            await AddIdsAsync(school, year, group.Key, group.ToDictionary(l => l.Key % RegisterBlock.Width, l => l.Value), cancellationToken);
    }

    private async Task AddIdsAsync(SchoolId school, SchoolYear year, int block, Dictionary<int, byte[]> added, CancellationToken cancellationToken)
    {
        var partition = SealedPartition(school, year);
        var key = RowKey.Of(SealedBlocks, block.ToString("D4", System.Globalization.CultureInfo.InvariantCulture));
        while (true)
        {
            var row = await store.GetAsync(TableName.Directory, partition, key, cancellationToken);
            var ids = row is { } found ? await UnsealAsync(school, year, found, cancellationToken) : [.. Enumerable.Repeat(Array.Empty<byte>(), RegisterBlock.Width)];
            foreach (var (slot, id) in added) ids[slot] = id;
            var current = await keys.CurrentAsync(cancellationToken);
            if (await store.CommitAsync(TableName.Directory, partition, [Write(key, row?.ETag, Sealed(current, ids, school, year, key))], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private byte[] Sealed(SecretKeys current, byte[][] ids, SchoolId school, SchoolYear year, RowKey key) =>
        [(byte)current.Version.Length, .. Encoding.ASCII.GetBytes(current.Version), .. current.Seal(Pack(ids), Place(school, year, key))];

    private async ValueTask<byte[][]> UnsealAsync(SchoolId school, SchoolYear year, TableRow row, CancellationToken cancellationToken)
    {
        var secret = await keys.OfAsync(DirectoryRows.VersionOf(row.Body), cancellationToken);
        var sealedPart = row.Body[(1 + row.Body.Span[0])..];
        var plain = new byte[sealedPart.Length - SecretKeys.Overhead];
        secret.Unseal(sealedPart.Span, Place(school, year, row.Key), plain);
        try
        {
            return Unpack(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private async Task<(List<RegisterSlot?> Slots, Dictionary<int, ETag> ETags)> ReadBlocksAsync(PartitionKey partition, CancellationToken cancellationToken)
    {
        var slots = new List<RegisterSlot?>();
        var etags = new Dictionary<int, ETag>();
        await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(LedgerKeys.Blocks), cancellationToken))
        {
            var read = BlockRow.Read(row.Body.Span);
            etags[slots.Count / RegisterBlock.Width] = row.ETag;
            slots.AddRange(read);
        }
        while (slots.Count > 0 && slots[^1] is null) slots.RemoveAt(slots.Count - 1);
        return (slots, etags);
    }

    private static RegisterSlot?[] SlotsOf(List<RegisterSlot?> slots, int block) =>
        [.. slots.Skip(block * RegisterBlock.Width).Take(RegisterBlock.Width)];

    private static RowChange Write(RowKey key, ETag? etag, byte[] body) =>
        etag is { Value: not null } known ? new RowChange.Replace(key, known, body) : new RowChange.Insert(key, body);

    internal static PartitionKey SealedPartition(DistrictId district, SchoolId school, SchoolYear year) =>
        PartitionKey.Of(district.Value, "roll", school.Value, year.ToString());

    private PartitionKey SealedPartition(SchoolId school, SchoolYear year) => SealedPartition(district, school, year);

    private string Place(SchoolId school, SchoolYear year, RowKey key) => $"{SealedPartition(school, year).Value} {key.Value}";

    private static byte[] Pack(byte[][] ids)
    {
        var plain = new byte[ids.Sum(id => id.Length + 1)];
        var position = 0;
        foreach (var id in ids)
        {
            plain[position++] = (byte)id.Length;
            id.CopyTo(plain.AsSpan(position));
            position += id.Length;
        }
        return plain;
    }

    private static byte[][] Unpack(ReadOnlySpan<byte> plain)
    {
        var ids = new byte[RegisterBlock.Width][];
        for (int i = 0, position = 0; i < ids.Length; i++)
        {
            var size = plain[position++];
            ids[i] = plain.Slice(position, size).ToArray();
            position += size;
        }
        return ids;
    }
}
