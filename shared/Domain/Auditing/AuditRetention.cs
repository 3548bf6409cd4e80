using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Lets go of whole months of the audit whose time is over (<see cref="DistrictSettings.AuditMonths"/>). Of such a month stay its
/// seals in the archive and, signed, where each chain stood, so that what goes on from it is still verified. A month with a fault stays
/// whole: somebody has to look at it first.</summary>
public sealed class AuditRetention(
    ITableStore store, AuditSeals seals, AuditVerifier verifier, AuditKeys keys, AuditTrail trail, DistrictSettingsStore settings, DistrictId district, TimeProvider time)
{
    /// <returns>How many months were let go.</returns>
    public async Task<int> DropAsync(CancellationToken cancellationToken)
    {
        if ((await settings.ReadAsync(cancellationToken)).Settings.AuditMonths is not { } kept) return 0;
        var first = ChainPlace.MonthOf(time.GetUtcNow().AddMonths(-kept));
        var chains = await ChainMonths.ReadAsync(store, district, cancellationToken);
        var dropped = 0;
        foreach (var month in chains.Where(of => string.CompareOrdinal(of.Place.Month, first) < 0).GroupBy(of => of.Place.Month, of => of.Place).OrderBy(of => of.Key))
            if (await DropAsync(month.Key, [.. month], chains, cancellationToken)) dropped++;
        return dropped;
    }

    private async Task<bool> DropAsync(
        string month, IReadOnlyList<ChainPlace> places, IReadOnlyList<(ChainPlace Place, ReadOnlyMemory<byte> Link)> all, CancellationToken cancellationToken)
    {
        var heads = await MonthHeads.FindAsync(store, district, month, cancellationToken);
        if (heads is { IsEmptied: true }) return false;
        if (heads is null)
        {
            await seals.SealAsync(month, places, cancellationToken);
            if (!(await verifier.VerifyAsync(month, month, null, cancellationToken)).IsWhole) return false;
            heads = await HeadsAsync(month, places, all, cancellationToken);
            // Kept before anything goes: after a crash the month is as good as gone, and the next round empties it.
            var kept = new RowChange.Insert(ChainRows.HeadsKey(month), heads.Write());
            if (await store.CommitAsync(TableName.Audit, ChainMonths.Registry(district), [kept], cancellationToken) is not CommitResult.Committed) return false;
            await trail.AppendAsync(AuditEntry.OfRun(Authority.System("retention"), AuditAction.DropAudit, month, null, time.GetUtcNow()), cancellationToken);
        }
        foreach (var place in places) await EmptyAsync(ChainRows.Partition(district.Value, place), cancellationToken);
        if (await store.GetAsync(TableName.Audit, ChainMonths.Registry(district), ChainRows.HeadsKey(month), cancellationToken) is { } row)
        {
            var emptied = new RowChange.Replace(row.Key, row.ETag, (heads with { IsEmptied = true }).Write());
            await store.CommitAsync(TableName.Audit, ChainMonths.Registry(district), [emptied], cancellationToken);
        }
        return true;
    }

    private async Task<MonthHeads> HeadsAsync(
        string month, IReadOnlyList<ChainPlace> places, IReadOnlyList<(ChainPlace Place, ReadOnlyMemory<byte> Link)> all, CancellationToken cancellationToken)
    {
        var links = all
            .Select(of => (of.Place.Chain, Link: JsonSerializer.Deserialize(of.Link.Span, AuditJson.Default.ChainLink)))
            .Where(of => of.Link is { Month: { } from, Point: not null } && from == month)
            .ToLookup(of => of.Chain, of => of.Link!.Point!);
        var heads = new List<ChainHead>();
        foreach (var place in places.OrderBy(place => place.Chain))
            if (await ChainTails.FindAsync(store, district, place, cancellationToken) is { Point: var end })
                heads.Add(new ChainHead(place.Chain, end, [.. links[place.Chain].Where(point => point != end).Distinct()]));
        return await MonthHeads.SignAsync(keys, district, month, time.GetUtcNow(), heads, cancellationToken);
    }

    private async Task EmptyAsync(PartitionKey partition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changes = new List<RowChange>();
            await foreach (var row in store.QueryAsync(TableName.Audit, partition, ChainRows.Whole, cancellationToken))
            {
                changes.Add(new RowChange.Delete(row.Key, row.ETag));
                if (changes.Count == ITableStore.MaxChanges) break;
            }
            if (changes.Count == 0) return;
            await store.CommitAsync(TableName.Audit, partition, changes, cancellationToken);
        }
    }
}
