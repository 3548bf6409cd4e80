using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Which entries somebody looks for; null is any.</summary>
/// <param name="From">First UTC day on which they were recorded, inclusive.</param>
/// <param name="To">Last day, inclusive; at most <see cref="MaxDays"/> days in all.</param>
public sealed record AuditQuery(DateOnly From, DateOnly To)
{
    public const int MaxDays = 31;

    public AuditActor? Who { get; init; }

    public AuditAction? Action { get; init; }

    public SchoolId? School { get; init; }

    public bool IsInOrder => From <= To && To.DayNumber - From.DayNumber < MaxDays;
}

/// <summary>What a search found, newest first.</summary>
/// <param name="IsMore">There are older ones that are not shown.</param>
public sealed record AuditFound(IReadOnlyList<AuditEntry> Entries, bool IsMore)
{
    /// <summary>The most entries shown at once.</summary>
    public const int Most = 200;
}

/// <summary>The administrator's look into the audit. It is itself an entry, appended before anything is shown.</summary>
public sealed class AuditSearch(ITableStore store, AuditChains chains, Disclosures disclosures, DisclosureLog log, DistrictId district, TimeProvider time)
{
    /// <exception cref="ArgumentException">The days are not in order.</exception>
    public async Task<AuditFound> FindAsync(Authority authority, AuditQuery query, CancellationToken cancellationToken)
    {
        if (!query.IsInOrder) throw new ArgumentException("The days are not in order.", nameof(query));
        await log.ReadRunAsync(authority, AuditAction.SearchAudit, query.School, query.Who?.Value, cancellationToken);
        var newest = new PriorityQueue<AuditEntry, DateTimeOffset>();
        var all = 0;
        foreach (var (place, _) in await ChainMonths.ReadAsync(store, district, cancellationToken))
        {
            if (!MayHold(place, query)) continue;
            var rows = store.QueryAsync(
                TableName.Audit, ChainRows.Partition(district.Value, place), ChainRows.EntriesOfDays(query.From, query.To), cancellationToken);
            await foreach (var row in rows)
            {
                if (ChainRows.Read(row.Body) is not { } chained || AuditEntry.Parse(chained.Bytes.Span) is not { } entry || !Matches(entry, query)) continue;
                all++;
                newest.Enqueue(entry, entry.At);
                if (newest.Count > AuditFound.Most) newest.Dequeue();
            }
        }
        return new AuditFound([.. newest.UnorderedItems.Select(i => i.Element).OrderByDescending(e => e.At)], all > AuditFound.Most);
    }

    /// <summary>What was done to one pupil's record, for a purpose that stands in the audit from then on.</summary>
    /// <param name="schools">Where the pupil was ever on a list.</param>
    public async Task<AuditFound> OfPupilAsync(
        Authority authority, StudentKey student, IReadOnlyCollection<SchoolId> schools, StatedPurpose purpose, AuditQuery query, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await chains.AppendAsync(AuditEntry.OfPupil(authority, AuditAction.SearchAudit, student, null, now) with { Purpose = purpose }, cancellationToken);
        var entries = await disclosures.OfPupilAsync(student, schools, Month(query.From), Month(query.To), cancellationToken);
        var found = entries.Where(e => Matches(e, query) && DayOf(e) >= query.From && DayOf(e) <= query.To).Reverse().ToList();
        return new AuditFound([.. found.Take(AuditFound.Most)], found.Count > AuditFound.Most);
    }

    /// <summary>An entry is recorded in the chain of its own month, and may come late: every month up to the last day is asked for
    /// what was recorded on those days.</summary>
    private bool MayHold(ChainPlace place, AuditQuery query) =>
        string.CompareOrdinal(place.Month, Month(query.To)) <= 0
        && (query.Who is not { IsSystem: false } staff || place.Chain == chains.ChainOf(staff));

    private static bool Matches(AuditEntry entry, AuditQuery query) =>
        (query.Who is not { } who || entry.Who == who)
        && (query.Action is not { } action || entry.Action == action)
        && (query.School is not { } school || entry.School == school);

    private static DateOnly DayOf(AuditEntry entry) => DateOnly.FromDateTime(entry.At.UtcDateTime);

    private static string Month(DateOnly day) => ChainPlace.MonthOf(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
}
