using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.District;

/// <summary>Which schools have had a roll or attendance in which school year: rows <c>school|year|school</c> of the district's
/// partition. Sweeps go by it, since no query scans a table.</summary>
public sealed class SchoolRegistry(ITableStore store, DistrictId district)
{
    private const string Rows = "school";

    public async Task AddAsync(SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var key = RowKey.Of(Rows, year.ToString(), school.Value);
        if (await store.GetAsync(TableName.District, Partition, key, cancellationToken) is null)
            await store.CommitAsync(TableName.District, Partition, [new RowChange.Insert(key, new byte[] { 1 })], cancellationToken);
    }

    /// <summary>In ordinal order.</summary>
    public async Task<List<SchoolId>> InYearAsync(SchoolYear year, CancellationToken cancellationToken)
    {
        var schools = new List<SchoolId>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows, year.ToString()), cancellationToken))
            schools.Add(SchoolId.Parse(row.Key.Parts()[2]));
        return schools;
    }

    /// <summary>Every school of any year, in ordinal order.</summary>
    public async Task<List<SchoolId>> AllAsync(CancellationToken cancellationToken)
    {
        var schools = new SortedSet<SchoolId>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows), cancellationToken))
            schools.Add(SchoolId.Parse(row.Key.Parts()[2]));
        return [.. schools];
    }

    /// <summary>School years with a roll or attendance, ascending by their end year.</summary>
    public async Task<List<int>> YearsAsync(CancellationToken cancellationToken)
    {
        var years = new SortedSet<int>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows), cancellationToken))
            years.Add(int.Parse(row.Key.Parts()[1], System.Globalization.CultureInfo.InvariantCulture));
        return [.. years];
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value);
}
