using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Calendars;

/// <summary>A district's calendars: table <c>district</c>, one row <c>calendar|year|school</c> each, school "*" for what
/// holds in every school. A school's own statements go before the district's (<see cref="SchoolCalendar.Over"/>).</summary>
/// <remarks>A calendar changes a few times a year and is read for every form: what was read is kept beside its row's version, and
/// the row itself is read each time, so that a change by another process is seen at once.</remarks>
public sealed class CalendarStore(ITableStore tables)
{
    /// <summary>Schools × years a process keeps; beyond it begins anew.</summary>
    private const int MostKept = 4_096;

    private readonly ConcurrentDictionary<(PartitionKey, RowKey), (ETag Version, SchoolCalendar Calendar)> kept = new();

    private const string Kind = "calendar";
    private const string EverySchool = "*";

    /// <summary>Two imports of one school's year at a time are rare; this many in a row mean that something is broken.</summary>
    private const int Attempts = 20;

    /// <summary>Lays the calendars over those held, each under its row's version; returns the ones that changed. A repeat
    /// changes nothing.</summary>
    /// <exception cref="InvalidOperationException">Others kept changing the same calendar.</exception>
    public async ValueTask<IReadOnlyList<SchoolCalendar>> ImportAsync(
        DistrictId district, IReadOnlyList<SchoolCalendar> calendars, CancellationToken cancellationToken)
    {
        List<SchoolCalendar> changed = [];
        foreach (var calendar in calendars)
            if (await MergeAsync(district, calendar, cancellationToken)) changed.Add(calendar);
        return changed;
    }

    /// <summary>The calendar that holds in the school, or null if neither the school nor the district has one for the year.</summary>
    public async ValueTask<SchoolCalendar?> GetAsync(DistrictId district, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var own = await FindAsync(district, school, year, cancellationToken);
        var shared = await FindAsync(district, null, year, cancellationToken);
        return Combine(own, shared, school);
    }

    /// <summary>The same for several schools, with one query; schools without any calendar are left out.</summary>
    public async ValueTask<IReadOnlyDictionary<SchoolId, SchoolCalendar>> GetManyAsync(
        DistrictId district, IReadOnlyCollection<SchoolId> schools, SchoolYear year, CancellationToken cancellationToken)
    {
        var wanted = schools.ToHashSet();
        var found = new Dictionary<SchoolId, SchoolCalendar>();
        SchoolCalendar? shared = null;
        await foreach (var row in tables.QueryAsync(TableName.District, Partition(district), RowKeyRange.Under(Kind, year.ToString()), cancellationToken))
        {
            var name = row.Key.Parts()[2];
            if (name == EverySchool) shared = Read(row, null, year);
            else if (SchoolId.Parse(name) is var school && wanted.Contains(school)) found[school] = Read(row, school, year)!;
        }
        foreach (var school in wanted)
            if (Combine(found.GetValueOrDefault(school), shared, school) is { } calendar) found[school] = calendar;
        return found;
    }

    private async ValueTask<SchoolCalendar?> FindAsync(DistrictId district, SchoolId? school, SchoolYear year, CancellationToken cancellationToken)
    {
        var key = (Partition(district), Key(school, year));
        if (await tables.GetAsync(TableName.District, key.Item1, key.Item2, cancellationToken) is not { } row) return null;
        if (kept.TryGetValue(key, out var known) && known.Version == row.ETag) return known.Calendar;
        var calendar = Read(row, school, year)!;
        if (kept.Count >= MostKept) kept.Clear();
        kept[key] = (row.ETag, calendar);
        return calendar;
    }

    private async ValueTask<bool> MergeAsync(DistrictId district, SchoolCalendar newer, CancellationToken cancellationToken)
    {
        var key = Key(newer.School, newer.Year);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var held = await tables.GetAsync(TableName.District, Partition(district), key, cancellationToken);
            var merged = (Read(held, newer.School, newer.Year) ?? SchoolCalendar.Empty(newer.School, newer.Year)).With(newer);
            // Renamed terms would pile up over the imports: the oldest statements give way.
            if (merged.Sessions.Count > SchoolCalendar.MaxSessions) merged = merged with { Sessions = newer.Sessions };
            var body = CalendarJson.Write(merged);
            if (held is { } row && row.Body.Span.SequenceEqual(body)) return false;
            RowChange change = held is { } old ? new RowChange.Replace(key, old.ETag, body) : new RowChange.Insert(key, body);
            if (await tables.CommitAsync(TableName.District, Partition(district), [change], cancellationToken) is CommitResult.Committed) return true;
        }
        throw new InvalidOperationException("The calendar of one school and year kept changing while it was imported.");
    }

    private static SchoolCalendar? Combine(SchoolCalendar? own, SchoolCalendar? shared, SchoolId school) =>
        own is null ? (shared is null ? null : shared with { School = school })
        : shared is null ? own
        : own.Over(shared);

    private static SchoolCalendar? Read(TableRow? row, SchoolId? school, SchoolYear year) =>
        row is { } found ? CalendarJson.Read(found.Body.Span, school, year) : null;

    private static PartitionKey Partition(DistrictId district) => PartitionKey.Of(district.Value);

    private static RowKey Key(SchoolId? school, SchoolYear year) => RowKey.Of(Kind, year.ToString(), school?.Value ?? EverySchool);
}

/// <summary>A calendar as stored. 366 dates with reasons of <see cref="CalendarDay.MaxReasonLength"/> characters stay under
/// the row limit.</summary>
internal static class CalendarJson
{
    // Reasons in other scripts stay three bytes a letter instead of six.
    private static readonly CalendarJsonContext Context =
        new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault });

    public static byte[] Write(SchoolCalendar calendar) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StoredCalendar(
                [.. calendar.Sessions.Select(s => new StoredSession(s.Name, s.Begin, s.End, s.TotalInstructionalDays))],
                [.. calendar.Days.Select(d => new StoredDay(d.Date, d.IsInstructional, d.Reason.Length == 0 ? null : d.Reason))]),
            Context.StoredCalendar);

    public static SchoolCalendar Read(ReadOnlySpan<byte> body, SchoolId? school, SchoolYear year)
    {
        var stored = JsonSerializer.Deserialize(body, Context.StoredCalendar) ?? throw new InvalidOperationException("A stored calendar is empty.");
        return new SchoolCalendar(
            school, year,
            [.. stored.S.Select(s => new CalendarSession(s.N, s.B, s.E, s.T))],
            [.. stored.D.Select(d => new CalendarDay(d.D, d.I, d.R ?? ""))]);
    }
}

internal sealed record StoredSession(string N, DateOnly B, DateOnly E, int? T);

internal sealed record StoredDay(DateOnly D, bool I, string? R);

internal sealed record StoredCalendar(IReadOnlyList<StoredSession> S, IReadOnlyList<StoredDay> D);

[JsonSerializable(typeof(StoredCalendar))]
internal sealed partial class CalendarJsonContext : JsonSerializerContext;
