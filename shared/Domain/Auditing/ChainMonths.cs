using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>The register of every chain's months, in partition (district) of table <c>audit</c>.</summary>
internal static class ChainMonths
{
    /// <summary>The month's link as stored, made now if this is the month's first entry: the first of two who begin it at once
    /// decides.</summary>
    public static async Task<ReadOnlyMemory<byte>> BeginAsync(ITableStore store, DistrictId district, ChainPlace place, CancellationToken cancellationToken)
    {
        var registry = Registry(district);
        var key = ChainRows.MonthKey(place);
        while (true)
        {
            if (await store.GetAsync(TableName.Audit, registry, key, cancellationToken) is { } row) return row.Body;
            var link = await LinkAsync(store, district, place, cancellationToken);
            var body = JsonSerializer.SerializeToUtf8Bytes(link, AuditJson.Default.ChainLink);
            if (await store.CommitAsync(TableName.Audit, registry, [new RowChange.Insert(key, body)], cancellationToken) is CommitResult.Committed) return body;
        }
    }

    /// <summary>Every month of every chain, by chain and month, with its link as stored.</summary>
    public static async Task<IReadOnlyList<(ChainPlace Place, ReadOnlyMemory<byte> Link)>> ReadAsync(
        ITableStore store, DistrictId district, CancellationToken cancellationToken)
    {
        var months = new List<(ChainPlace, ReadOnlyMemory<byte>)>();
        await foreach (var row in store.QueryAsync(TableName.Audit, Registry(district), ChainRows.Months, cancellationToken))
            months.Add((ChainRows.ReadMonthKey(row.Key), row.Body));
        return months;
    }

    public static PartitionKey Registry(DistrictId district) => PartitionKey.Of(district.Value);

    private static async Task<ChainLink> LinkAsync(ITableStore store, DistrictId district, ChainPlace place, CancellationToken cancellationToken)
    {
        ChainPlace? before = null;
        await foreach (var row in store.QueryAsync(TableName.Audit, Registry(district), ChainRows.MonthsBefore(place), cancellationToken))
            before = ChainRows.ReadMonthKey(row.Key);
        if (before is not { } month) return ChainLink.First;
        if (await ChainTails.FindAsync(store, district, month, cancellationToken) is { } tail) return new ChainLink(month.Month, tail.Point);
        // Long ago and no longer held: where it stood is kept. A month that was begun and got no entry is passed over: there is no
        // point of it to hold on to.
        return await MonthHeads.FindAsync(store, district, month.Month, cancellationToken) is { } heads && heads.Of(month.Chain) is { Point: { } point }
            ? new ChainLink(month.Month, point)
            : ChainLink.First;
    }
}

/// <summary>Reads and signs the ends of chains.</summary>
internal static class ChainTails
{
    public static async Task<ChainTail?> FindAsync(ITableStore store, DistrictId district, ChainPlace place, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Audit, ChainRows.Partition(district.Value, place), ChainRows.TailKey, cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, AuditJson.Default.ChainTail)
            : null;

    public static async ValueTask<ChainTail> SignAsync(AuditKeys keys, PartitionKey partition, ChainPoint point, CancellationToken cancellationToken)
    {
        var (version, signature) = await keys.SignAsync(Message(partition, point), cancellationToken);
        return new ChainTail(point, version, signature);
    }

    public static ValueTask<bool> IsSignedAsync(AuditKeys keys, PartitionKey partition, ChainTail tail, CancellationToken cancellationToken) =>
        keys.IsSignedAsync(Message(partition, tail.Point), tail.KeyVersion, tail.Signature, cancellationToken);

    private static byte[] Message(PartitionKey partition, ChainPoint point) =>
        Encoding.UTF8.GetBytes($"tail\n{partition.Value}\n{point.Day}\n{ChainRows.Number(point.Sequence)}\n{point.Hash}");
}
