using System.Collections.Concurrent;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>The rule sets a district can choose: the shipped ones, and its own in rows <c>ruleset|version</c> of the
/// district's partition. A version once stored never changes, so that a result can always be traced to its rules.</summary>
public sealed class RuleSets(ITableStore store, DistrictId district)
{
    private const string Rows = "ruleset";

    private readonly ConcurrentDictionary<string, RuleSet> read = new();

    /// <summary>The district's rule set; the newest shipped one where it has chosen none.</summary>
    /// <exception cref="InvalidOperationException">The version chosen is not stored, or does not load any more.</exception>
    public async ValueTask<RuleSet> OfAsync(DistrictSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Thresholds.RuleSet is not { } version || version == RuleSet.Starting.Version) return RuleSet.Starting;
        if (read.TryGetValue(version, out var known)) return known;
        if (await store.GetAsync(TableName.District, Partition, Key(version), cancellationToken) is not { } row)
            throw new InvalidOperationException($"The rule set {version} that the district has chosen is not stored.");
        return RuleSetReader.Read(version, row.Body) is RuleSetLoad.Loaded { RuleSet: var loaded }
            ? read.GetOrAdd(version, loaded)
            : throw new InvalidOperationException($"The stored rule set {version} does not load.");
    }

    /// <summary>The text of the district's rule set, to change a copy of it.</summary>
    public ValueTask<ReadOnlyMemory<byte>> JsonOfAsync(DistrictSettings settings, CancellationToken cancellationToken) =>
        JsonOfAsync(settings.Thresholds.RuleSet ?? RuleSet.Starting.Version, cancellationToken);

    /// <summary>The text of a version; of one that is not stored, the shipped one's.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> JsonOfAsync(string version, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, Partition, Key(version), cancellationToken) is { } row ? row.Body : RuleSetReader.ShippedJson(RuleSet.StartingFile);

    /// <summary>Whether a district can choose that version.</summary>
    public async ValueTask<bool> IsKnownAsync(string version, CancellationToken cancellationToken) =>
        version == RuleSet.Starting.Version || await store.GetAsync(TableName.District, Partition, Key(version), cancellationToken) is not null;

    /// <summary>Stores a rule set under its version.</summary>
    /// <returns>False if another set is stored under that version: give the changed one a version of its own.</returns>
    public async Task<bool> AddAsync(RuleSet rules, string json, CancellationToken cancellationToken)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(json);
        if (rules.Version == RuleSet.Starting.Version) return false;
        if (await store.CommitAsync(TableName.District, Partition, [new RowChange.Insert(Key(rules.Version), body)], cancellationToken) is CommitResult.Committed)
            return true;
        return await store.GetAsync(TableName.District, Partition, Key(rules.Version), cancellationToken) is { } row && row.Body.Span.SequenceEqual(body);
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value);

    private static RowKey Key(string version) => RowKey.Of(Rows, version);
}
