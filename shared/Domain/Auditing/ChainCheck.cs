using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Verifies one month of one chain.</summary>
internal sealed class ChainCheck(ITableStore store, AuditKeys keys, DistrictId district, ChainPlace place, AuditFindings findings)
{
    private const int ProgressEvery = 4_096;

    private readonly PartitionKey partition = ChainRows.Partition(district.Value, place);
    private readonly IndexSum index = new();

    /// <summary>The last entry that stands at its place; its hash as stored. The hash is null where what it follows upon is not known.</summary>
    private long last;
    private byte[]? hash;
    private DateTimeOffset? at;

    /// <returns>How many entries there are.</returns>
    public async Task<long> RunAsync(
        ReadOnlyMemory<byte>? link, List<WitnessedPoint> sealedPoints, Action<long> progress, CancellationToken cancellationToken)
    {
        await CheckLinkAsync(link, cancellationToken);
        // Read before the entries: appends go on meanwhile, and what this tail says must then be there.
        var tail = await ReadTailAsync(cancellationToken);
        var witnesses = new Queue<WitnessedPoint>(
            sealedPoints.Append(tail is null ? null : new WitnessedPoint(tail.Point, null)).OfType<WitnessedPoint>().OrderBy(w => w.Point.Sequence));
        long count = 0;
        await foreach (var row in store.QueryAsync(TableName.Audit, partition, ChainRows.Entries, cancellationToken))
        {
            if (++count % ProgressEvery == 0) progress(count);
            if (Check(row)) Compare(witnesses, ChainRows.Read(row.Body)!.Value.Hash.Span);
        }
        foreach (var beyond in witnesses)
            Find(AuditFault.CutTail, beyond.Point.Sequence, beyond.At, $"The chain ends at entry {last}, but {Witness(beyond)} knows entry {beyond.Point.Sequence}.");
        await CheckTailAsync(count, cancellationToken);
        await CheckIndexAsync(cancellationToken);
        return count;
    }

    private async Task CheckLinkAsync(ReadOnlyMemory<byte>? stored, CancellationToken cancellationToken)
    {
        if (stored is not { } bytes)
        {
            Find(AuditFault.Deleted, null, null, "The register of months does not have this month of the chain.");
            return;
        }
        hash = ChainRows.Genesis(partition, bytes.Span);
        ChainLink? link = null;
        try
        {
            link = JsonSerializer.Deserialize(bytes.Span, AuditJson.Default.ChainLink);
        }
        catch (JsonException)
        {
            // Said below: what cannot be read links to nothing.
        }
        if (link is null || link.Month is null != (link.Point is null))
            Find(AuditFault.Edited, null, null, "The link to the month before cannot be read.");
        else if (link is { Month: { } month, Point: { } point })
            await CheckMonthBeforeAsync(place with { Month = month }, point, cancellationToken);
    }

    private async Task CheckMonthBeforeAsync(ChainPlace before, ChainPoint point, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(TableName.Audit, ChainRows.Partition(district.Value, before), ChainRows.EntryKey(point.Day, point.Sequence), cancellationToken);
        if (row is null && await MonthHeads.FindAsync(store, district, before.Month, cancellationToken) is { } heads && heads.Of(before.Chain)?.Holds(point) == true) return;
        if (row is null)
            findings.Add(AuditFault.CutTail, before, point.Sequence, null, $"Entry {point.Sequence}, upon which {place} goes on, is not there.");
        else if (ChainRows.Read(row.Value.Body) is not { } entry || Hex(entry.Hash.Span) != point.Hash)
            findings.Add(AuditFault.Forked, before, point.Sequence, null, $"Entry {point.Sequence} is not the one upon which {place} goes on.");
    }

    /// <summary>True if the row is the next entry, its place at least as it should be.</summary>
    private bool Check(TableRow row)
    {
        if (row.Key.Parts() is not [_, var day, var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || row.Key != ChainRows.EntryKey(day, sequence) || sequence <= last)
        {
            Find(AuditFault.Forked, null, at, $"Behind entry {last} stands a second one, where only one can follow.");
            return false;
        }
        if (sequence > last + 1)
        {
            Find(AuditFault.Deleted, last + 1, at, sequence == last + 2 ? $"Entry {last + 1} is missing." : $"Entries {last + 1} to {sequence - 1} are missing.");
            hash = null;
        }
        last = sequence;
        if (ChainRows.Read(row.Body) is not { } entry)
        {
            Find(AuditFault.Edited, sequence, at, $"Entry {sequence} was cut short.");
            hash = null;
            return false;
        }
        if (entry.Sequence != sequence)
            Find(AuditFault.Reordered, sequence, at, $"Entry {entry.Sequence} stands at place {sequence}.");
        else if (hash is not null && !ChainRows.Next(hash, row.Key, entry.Bytes.Span).AsSpan().SequenceEqual(entry.Hash.Span))
            Find(AuditFault.Edited, sequence, at, $"Entry {sequence}, or the hash before it, was changed.");
        hash = entry.Hash.ToArray();
        try
        {
            var parsed = AuditEntry.Parse(entry.Bytes.Span);
            at = parsed.At;
            foreach (var asked in ChainRows.IndexOf(parsed, row.Key, sequence)) index.Add(asked.Key, asked.Body.Span);
        }
        catch (FormatException)
        {
            Find(AuditFault.Edited, sequence, at, $"Entry {sequence} cannot be read.");
        }
        return true;
    }

    private void Compare(Queue<WitnessedPoint> witnesses, ReadOnlySpan<byte> stored)
    {
        while (witnesses.TryPeek(out var witness) && witness.Point.Sequence <= last)
        {
            witnesses.Dequeue();
            if (witness.Point.Sequence == last && witness.Point.Hash != Hex(stored))
                Find(AuditFault.Forked, last, witness.At ?? at, $"Entry {last} is not the one that {Witness(witness)} knows.");
        }
    }

    /// <summary>Read after the entries: nothing may stand behind it.</summary>
    private async Task CheckTailAsync(long count, CancellationToken cancellationToken)
    {
        var tail = await ReadTailAsync(cancellationToken);
        if (tail is null)
        {
            if (count > 0) Find(AuditFault.CutTail, last, at, "The chain's tail is gone or cannot be read.");
            return;
        }
        if (!await ChainTails.IsSignedAsync(keys, partition, tail, cancellationToken))
            Find(AuditFault.NotSigned, tail.Point.Sequence, at, "No key of this district has signed the chain's tail.");
        if (tail.Point.Sequence < last)
            Find(AuditFault.Forked, tail.Point.Sequence + 1, at, $"The tail is at entry {tail.Point.Sequence}, and entries stand behind it.");
    }

    private async Task CheckIndexAsync(CancellationToken cancellationToken)
    {
        var strays = new List<long>();
        foreach (var range in ChainRows.IndexRanges)
        {
            await foreach (var row in store.QueryAsync(TableName.Audit, partition, range, cancellationToken))
            {
                if (ChainRows.SequenceIn(row.Body.Span) is { } sequence && sequence > last) strays.Add(sequence);
                else index.Take(row.Key, row.Body.Span);
            }
        }
        // Rows of entries appended since are in order; the tail now tells how far those go.
        var end = (await ReadTailAsync(cancellationToken))?.Point.Sequence ?? 0;
        if (!index.IsEven || strays.Exists(s => s > end))
            Find(AuditFault.IndexDiffers, null, at, "The rows by which entries are found do not agree with the entries.");
    }

    /// <summary>Null if there is none, or none that can be read.</summary>
    private async Task<ChainTail?> ReadTailAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ChainTails.FindAsync(store, district, place, cancellationToken) is { Point: { Hash: not null, Day: not null }, Signature: not null, KeyVersion: not null } tail
                ? tail
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Find(AuditFault fault, long? sequence, DateTimeOffset? when, string what) => findings.Add(fault, place, sequence, when, what);

    private static string Witness(WitnessedPoint point) =>
        point.At is { } sealedAt ? $"the seal of {sealedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC" : "the tail";

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
