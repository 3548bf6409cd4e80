using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Retention;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>The settings as stored; the version is null before anything was saved.</summary>
public sealed record StoredSettings(DistrictSettings Settings, ETag? Version);

/// <summary>The district's settings in table <c>district</c>, partition (district): row <c>settings</c>, and the opt-outs in
/// rows <c>settings-optouts|revision|chunk</c> of 16-byte keys and <c>settings-unresolved|revision|chunk</c> of ids, because
/// a large district's list does not fit one row. All of them change in one commit.</summary>
/// <remarks>Settings change a few times a year and are read for every page and form: what was read last is kept beside its row's
/// version, and the row itself is read each time, so that a change by another process is seen at once.</remarks>
public sealed class DistrictSettingsStore(ITableStore store, DistrictId district)
{
    private const string Name = "settings";
    private const string OptOuts = "settings-optouts";
    private const string Unresolved = "settings-unresolved";
    private const int KeysPerRow = 3_500;
    private const int UnresolvedBytesPerRow = 48 * 1024;
    private const int ReadAttempts = 20;

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);
    private volatile StoredSettings? last;
    private static readonly RowKey SettingsKey = RowKey.Of(Name);

    /// <summary><see cref="DistrictSettings.Default"/> for a district that never saved any.</summary>
    public async ValueTask<StoredSettings> ReadAsync(CancellationToken cancellationToken)
    {
        // A query is no snapshot: a list that another writer replaces meanwhile is read again.
        for (var attempt = 0; attempt < ReadAttempts; attempt++)
        {
            if (await store.GetAsync(TableName.District, partition, SettingsKey, cancellationToken) is not { } row)
                return new StoredSettings(DistrictSettings.Default, null);
            if (last is { } kept && kept.Version == row.ETag) return kept;
            var stored = Read(row);
            var optOuts = stored.OptOutRows == 0 ? [] : await ReadChunksAsync(OptOuts, stored.Revision, cancellationToken);
            var unresolved = stored.UnresolvedRows == 0 ? [] : await ReadChunksAsync(Unresolved, stored.Revision, cancellationToken);
            if (optOuts.Count == stored.OptOutRows && unresolved.Count == stored.UnresolvedRows)
                return last = new StoredSettings(ToSettings(stored, optOuts, unresolved), row.ETag);
        }
        throw new InvalidOperationException("The district's settings changed again with every read.");
    }

    /// <summary>Only how the district shows itself, from one row: every page asks.</summary>
    public async ValueTask<DistrictProfile> ReadProfileAsync(CancellationToken cancellationToken)
    {
        if (await store.GetAsync(TableName.District, partition, SettingsKey, cancellationToken) is not { } row) return DistrictProfile.None;
        return last is { } kept && kept.Version == row.ETag ? kept.Settings.Profile : Read(row).Profile ?? DistrictProfile.None;
    }

    /// <param name="expected">The version that was read; null if there was none.</param>
    /// <returns>The new version, or null if somebody else saved meanwhile: read again and decide anew.</returns>
    /// <exception cref="ArgumentException">More opt-outs than one commit holds; <see cref="DistrictConfigFile.MaxOptOuts"/> fit.</exception>
    public ValueTask<ETag?> SaveAsync(DistrictSettings settings, ETag? expected, CancellationToken cancellationToken) =>
        SaveAsync(settings, expected, [], cancellationToken);

    /// <param name="with">Further changes of the district's partition that are made in the same commit or not at all, such as
    /// the audit's entry.</param>
    public async ValueTask<ETag?> SaveAsync(
        DistrictSettings settings, ETag? expected, IReadOnlyList<RowChange> with, CancellationToken cancellationToken)
    {
        var revision = 1;
        var changes = new List<RowChange>(with);
        if (expected is not null)
        {
            if (await store.GetAsync(TableName.District, partition, SettingsKey, cancellationToken) is not { } row || row.ETag != expected) return null;
            var before = Read(row);
            revision = before.Revision + 1;
            foreach (var chunk in await ReadChunksAsync(OptOuts, before.Revision, cancellationToken)) changes.Add(new RowChange.Delete(chunk.Key, chunk.ETag));
            foreach (var chunk in await ReadChunksAsync(Unresolved, before.Revision, cancellationToken)) changes.Add(new RowChange.Delete(chunk.Key, chunk.ETag));
        }
        var optOuts = PackKeys(settings.OptOuts);
        var unresolved = PackIds(settings.UnresolvedOptOuts);
        for (var i = 0; i < optOuts.Count; i++) changes.Add(new RowChange.Insert(ChunkKey(OptOuts, revision, i), optOuts[i]));
        for (var i = 0; i < unresolved.Count; i++) changes.Add(new RowChange.Insert(ChunkKey(Unresolved, revision, i), unresolved[i]));

        var body = JsonSerializer.SerializeToUtf8Bytes(ToStored(settings, revision, optOuts.Count, unresolved.Count), SettingsJson.Default.SettingsRow);
        changes.Add(expected is { } version ? new RowChange.Replace(SettingsKey, version, body) : new RowChange.Insert(SettingsKey, body));
        return await store.CommitAsync(TableName.District, partition, changes, cancellationToken) is CommitResult.Committed committed
            ? committed.ETags[^1]
            : null;
    }

    /// <summary>Reads, changes and saves, again if somebody else saved meanwhile.</summary>
    public async ValueTask<DistrictSettings> ChangeAsync(
        Func<DistrictSettings, CancellationToken, ValueTask<DistrictSettings>> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await ReadAsync(cancellationToken);
            var changed = await change(stored.Settings, cancellationToken);
            if (ReferenceEquals(changed, stored.Settings)) return changed;
            if (await SaveAsync(changed, stored.Version, cancellationToken) is not null) return changed;
        }
    }

    /// <summary>Whether two settings differ in nothing but legal basis and opt-outs.</summary>
    internal static bool AreOthersSame(DistrictSettings one, DistrictSettings other)
    {
        return Body(one).AsSpan().SequenceEqual(Body(other));

        static byte[] Body(DistrictSettings settings) =>
            JsonSerializer.SerializeToUtf8Bytes(ToStored(settings with { LegalBasis = null }, 0, 0, 0), SettingsJson.Default.SettingsRow);
    }

    private async ValueTask<List<TableRow>> ReadChunksAsync(string name, int revision, CancellationToken cancellationToken)
    {
        var rows = new List<TableRow>();
        await foreach (var row in store.QueryAsync(TableName.District, partition, RowKeyRange.Under(name, Number(revision)), cancellationToken))
            rows.Add(row);
        return rows;
    }

    private static RowKey ChunkKey(string name, int revision, int chunk) => RowKey.Of(name, Number(revision), Number(chunk));

    private static string Number(int number) => number.ToString("D8", CultureInfo.InvariantCulture);

    private static SettingsRow Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, SettingsJson.Default.SettingsRow)!;

    private static SettingsRow ToStored(DistrictSettings settings, int revision, int optOutRows, int unresolvedRows) => new(
        revision, settings.LegalBasis, settings.CodeSets, settings.Thresholds, settings.Capacity.RoutinePerCounsellorAndWeek,
        settings.Capacity.Counsellors.ToDictionary(pair => pair.Key.Value, pair => pair.Value), settings.FirstMonth, optOutRows, unresolvedRows, settings.Profile, settings.AuditMonths, settings.Retention);

    private static DistrictSettings ToSettings(SettingsRow stored, List<TableRow> optOuts, List<TableRow> unresolved) => new(
        stored.LegalBasis, stored.CodeSets, stored.Thresholds,
        UnpackKeys(optOuts), UnpackIds(unresolved),
        new DistrictCapacity(
            stored.RoutinePerCounsellorAndWeek, stored.Counsellors.ToDictionary(pair => SchoolId.Parse(pair.Key), pair => pair.Value)),
        stored.FirstMonth)
    {
        Profile = stored.Profile ?? DistrictProfile.None,
        AuditMonths = stored.AuditMonths,
        Retention = stored.Retention ?? RetentionSettings.Default,
    };

    private static List<byte[]> PackKeys(IReadOnlySet<StudentKey> students)
    {
        var rows = new List<byte[]>();
        foreach (var chunk in students.Order().Chunk(KeysPerRow))
        {
            var bytes = new byte[chunk.Length * StudentKey.Size];
            for (var i = 0; i < chunk.Length; i++) chunk[i].Value.TryWriteBytes(bytes.AsSpan(i * StudentKey.Size));
            rows.Add(bytes);
        }
        return rows;
    }

    private static HashSet<StudentKey> UnpackKeys(List<TableRow> rows)
    {
        var students = new HashSet<StudentKey>();
        foreach (var row in rows)
            for (var i = 0; i < row.Body.Length; i += StudentKey.Size)
                students.Add(new StudentKey(new Guid(row.Body.Span.Slice(i, StudentKey.Size))));
        return students;
    }

    /// <summary>An id holds no control character, so a line feed parts them.</summary>
    private static List<byte[]> PackIds(IReadOnlyList<StudentUniqueId> ids)
    {
        var rows = new List<byte[]>();
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(id.Value));
            bytes.Add((byte)'\n');
            if (bytes.Count < UnresolvedBytesPerRow) continue;
            rows.Add([.. bytes]);
            bytes.Clear();
        }
        if (bytes.Count > 0) rows.Add([.. bytes]);
        return rows;
    }

    private static List<StudentUniqueId> UnpackIds(List<TableRow> rows)
    {
        var ids = new List<StudentUniqueId>();
        foreach (var row in rows)
            foreach (var line in System.Text.Encoding.UTF8.GetString(row.Body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                ids.Add(StudentUniqueId.Parse(line));
        return ids;
    }
}

internal sealed record SettingsRow(
    int Revision, LegalBasis? LegalBasis, IReadOnlyList<string> CodeSets, DistrictThresholds Thresholds,
    int? RoutinePerCounsellorAndWeek, IReadOnlyDictionary<string, int> Counsellors, int FirstMonth, int OptOutRows, int UnresolvedRows,
    DistrictProfile? Profile, int? AuditMonths = null, RetentionSettings? Retention = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SettingsRow))]
internal sealed partial class SettingsJson : JsonSerializerContext;
