using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds.Csv;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>The code sets and CSV profiles a district's files are read with: the shipped ones and its own.</summary>
public sealed record DistrictFormats(CodeSetLibrary CodeSets, CsvProfiles Profiles)
{
    public static DistrictFormats Shipped { get; } = new(CodeSetLibrary.Shipped, CsvProfiles.Shipped);
}

/// <summary>Keeps a district's own code sets and profiles as rows <c>codeset|id</c> and <c>profile|id</c> of its partition.</summary>
public sealed class DistrictFormatsStore(ITableStore store, DistrictSettingsStore settings, DistrictId district)
{
    private const string CodeSetRows = "codeset";
    private const string ProfileRows = "profile";

    public async Task<DistrictFormats> ReadAsync(CancellationToken cancellationToken)
    {
        var codeSets = new List<CodeSet>();
        await foreach (var row in RowsAsync(CodeSetRows, cancellationToken))
            if (CodeSet.Load(Encoding.UTF8.GetString(row.Body.Span), row.Key.Parts()[1]) is CodeSetLoad.Loaded loaded) codeSets.Add(loaded.CodeSet);
        var profiles = new List<CsvProfile>();
        await foreach (var row in RowsAsync(ProfileRows, cancellationToken))
            if (CsvProfile.Load(Encoding.UTF8.GetString(row.Body.Span), row.Key.Parts()[1]) is CsvProfileLoad.Loaded loaded) profiles.Add(loaded.Profile);
        var used = (await settings.ReadAsync(cancellationToken)).Settings.CodeSets;
        if (codeSets.Count + profiles.Count + used.Count == 0) return DistrictFormats.Shipped;
        return new DistrictFormats(CodeSetLibrary.Shipped.With(codeSets).Choosing(used), CsvProfiles.Shipped.With(profiles));
    }

    /// <summary>Whether it is stored just so.</summary>
    public async Task<bool> HoldsCodeSetAsync(CodeSet codeSet, string json, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(codeSet);
        return await store.GetAsync(TableName.District, Partition, RowKey.Of(CodeSetRows, codeSet.Id), cancellationToken) is { } row
            && row.Body.Span.SequenceEqual(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Stores a code set that loads, replacing the one of that id.</summary>
    public Task SaveCodeSetAsync(CodeSet codeSet, string json, CancellationToken cancellationToken) =>
        SaveAsync(CodeSetRows, codeSet.Id, json, cancellationToken);

    /// <summary>Stores a profile that loads, replacing the one of that id.</summary>
    public Task SaveProfileAsync(CsvProfile profile, string json, CancellationToken cancellationToken) =>
        SaveAsync(ProfileRows, profile.Id, json, cancellationToken);

    private async Task SaveAsync(string kind, string id, string json, CancellationToken cancellationToken)
    {
        var key = RowKey.Of(kind, id);
        var body = Encoding.UTF8.GetBytes(json);
        while (true)
        {
            var row = await store.GetAsync(TableName.District, Partition, key, cancellationToken);
            if (row is { } held && held.Body.Span.SequenceEqual(body)) return;
            RowChange change = row is { } known ? new RowChange.Replace(key, known.ETag, body) : new RowChange.Insert(key, body);
            if (await store.CommitAsync(TableName.District, Partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private IAsyncEnumerable<TableRow> RowsAsync(string kind, CancellationToken cancellationToken) =>
        store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(kind), cancellationToken);

    private PartitionKey Partition => PartitionKey.Of(district.Value);
}
