using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Auditing;

/// <summary>What the audit holds about one pupil, by the index rows of each month and chain: no chain is read through.</summary>
public sealed class Disclosures(ITableStore store, DistrictId district)
{
    /// <summary>Every entry about the pupil, oldest first.</summary>
    /// <param name="schools">Where the pupil was ever on a list: a list is found by its school.</param>
    /// <param name="from">First month, yyyyMM; null for the first there is.</param>
    /// <param name="to">Last month, inclusive.</param>
    public async Task<IReadOnlyList<AuditEntry>> OfPupilAsync(
        StudentKey student, IReadOnlyCollection<SchoolId> schools, string? from, string? to, CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>();
        foreach (var (place, _) in await ChainMonths.ReadAsync(store, district, cancellationToken))
        {
            if (string.CompareOrdinal(place.Month, from) < 0 || (to is not null && string.CompareOrdinal(place.Month, to) > 0)) continue;
            var partition = ChainRows.Partition(district.Value, place);
            IEnumerable<RowKeyRange> ranges = [ChainRows.EntriesOfPupil(student.ToString()), .. schools.Select(s => ChainRows.ListsOfSchool(s.Value))];
            foreach (var range in ranges)
                await foreach (var index in store.QueryAsync(TableName.Audit, partition, range, cancellationToken))
                    if (await FindAsync(partition, index, cancellationToken) is { } entry && entry.Students.Contains(student)) entries.Add(entry);
        }
        return [.. entries.OrderBy(e => e.At)];
    }

    private async ValueTask<AuditEntry?> FindAsync(PartitionKey partition, TableRow index, CancellationToken cancellationToken)
    {
        var key = RowKey.FromStored(Encoding.UTF8.GetString(index.Body.Span));
        return await store.GetAsync(TableName.Audit, partition, key, cancellationToken) is { } row && ChainRows.Read(row.Body) is { } entry
            ? AuditEntry.Parse(entry.Bytes.Span)
            : null;
    }
}
