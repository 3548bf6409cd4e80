using System.Globalization;
using System.Numerics;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Counts what a whole school did in each session: the baseline a pupil is held against, so that a day when half
/// the school is out raises nobody.</summary>
public sealed class BaselineUpdate(ITableStore store, FeedStore feeds, Outbox outbox, DistrictId district, TimeProvider time)
{
    /// <summary>The message kind on <see cref="QueueName.Screenings"/> that screens a whole school.</summary>
    public const string ScreenSchoolKind = "school";

    /// <summary>The message that has a whole year counted anew, for a roll whose stays moved. Each change asks on its own.</summary>
    public static Envelope RecountOf(DistrictId district, SchoolId school, SchoolYear year) => Envelope.First(
        $"recount {school} {year} {Guid.NewGuid():N}", FeedCompletion.BaselineKind,
        ("district", district.Value), ("school", school.Value), ("year", year.ToString()));

    /// <summary>Counts the months a feed touched, or all where the roll changed, asks for the school's screening and leaves the
    /// audit's entry of what the feed wrote in the school, in one commit.</summary>
    public async Task UpdateAsync(Envelope message, int firstMonth, CancellationToken cancellationToken)
    {
        var school = SchoolId.Parse(message["school"]);
        var year = new SchoolYear(int.Parse(message["year"], CultureInfo.InvariantCulture), firstMonth);
        var partition = LedgerKeys.Partition(district, school, year);
        if (!await Inbox.IsDoneAsync(store, TableName.Attendance, partition, message, cancellationToken))
        {
            var feed = message.Find("feed") is { } id ? await feeds.FindAsync(FeedId.Parse(id), cancellationToken) : null;
            var covers = feed?.Status.Covers ?? new Coverage(year.FirstDay, year.LastDay);
            await CountAsync(partition, year, covers, changes =>
            {
                changes.Add(Inbox.Row(message, time.GetUtcNow()));
                changes.Add(Outbox.Row(QueueName.Screenings, Envelope.First(
                    $"screen after {message.Key}", ScreenSchoolKind,
                    ("district", district.Value), ("school", school.Value), ("year", year.ToString()))));
                if (feed is { Status: var status }) changes.Add(AuditTrail.Row(status.EntryOf(AuditAction.ImportAttendance, school)));
            }, cancellationToken);
        }
        await outbox.RelayAsync(TableName.Attendance, partition, cancellationToken);
    }

    private async Task CountAsync(PartitionKey partition, SchoolYear year, Coverage covers, Action<List<RowChange>> also, CancellationToken cancellationToken)
    {
        var first = covers.From < year.FirstDay ? year.FirstDay : covers.From;
        var last = covers.To > year.LastDay ? year.LastDay : covers.To;
        while (true)
        {
            // The totals' versions are read before the pages, so that a count of older pages cannot overwrite a newer one.
            var held = new Dictionary<RowKey, TableRow>();
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(LedgerKeys.Totals), cancellationToken))
                held[row.Key] = row;

            var blocks = new Dictionary<int, RegisterSlot?[]>();
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(LedgerKeys.Blocks), cancellationToken))
                blocks[int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture)] = BlockRow.Read(row.Body.Span);

            var months = new SortedDictionary<int, (int[] Possible, int[] Absent)>();
            var pages = LedgerKeys.PagesOfMonths(LedgerKeys.YearMonth(first), LedgerKeys.YearMonth(last));
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, pages, cancellationToken))
            {
                var (yearMonth, block) = LedgerKeys.ParsePage(row.Key);
                if (!months.TryGetValue(yearMonth, out var counts))
                    months[yearMonth] = counts = (new int[LedgerPage.MaxColumns], new int[LedgerPage.MaxColumns]);
                if (blocks.TryGetValue(block, out var slots)) Count(row.Body.Span, yearMonth, slots, counts.Possible, counts.Absent);
            }

            var changes = new List<RowChange>();
            foreach (var (yearMonth, counts) in months)
            {
                var key = LedgerKeys.DayTotals(yearMonth);
                var body = DayTotalsRow.Write(counts.Possible, counts.Absent);
                if (!held.TryGetValue(key, out var row)) changes.Add(new RowChange.Insert(key, body));
                else if (!row.Body.Span.SequenceEqual(body)) changes.Add(new RowChange.Replace(key, row.ETag, body));
            }
            also(changes);
            if (await store.CommitAsync(TableName.Attendance, partition, changes, cancellationToken) is not CommitResult.Conflict conflict) return;
            // The inbox row is there: another delivery of this message finished first.
            if (!LedgerRowIsTotals(conflict.Key)) return;
        }
    }

    private static bool LedgerRowIsTotals(RowKey key) => key.Value.StartsWith(LedgerKeys.Totals, StringComparison.Ordinal);

    /// <summary>Adds a page to the month's counts: pupils on roll that day, by the class of their mark.</summary>
    private static void Count(ReadOnlySpan<byte> page, int yearMonth, RegisterSlot?[] slots, int[] possible, int[] absent)
    {
        var reader = new LedgerPage.ColumnReader(page);
        var daysInMonth = DateTime.DaysInMonth(yearMonth / 100, yearMonth % 100);
        while (reader.Read())
        {
            if (reader.Day > daysInMonth) continue;
            var onRoll = OnRoll(slots, new DateOnly(yearMonth / 100, yearMonth % 100, reader.Day));
            ulong isPossible = 0;
            ulong isAbsent = 0;
            for (var slot = 0; slot < RegisterBlock.Width; slot++)
            {
                var mark = new Mark(reader.Marks[slot]);
                if (mark.IsPossible) isPossible |= 1UL << slot;
                if (mark.IsAbsent) isAbsent |= 1UL << slot;
            }
            possible[reader.Index] += BitOperations.PopCount(isPossible & onRoll);
            absent[reader.Index] += BitOperations.PopCount(isAbsent & onRoll);
        }
    }

    private static ulong OnRoll(RegisterSlot?[] slots, DateOnly date)
    {
        ulong mask = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            if (slots[slot] is not { } pupil) continue;
            for (var i = 0; i < pupil.Spans.Count; i++)
            {
                if (!pupil.Spans[i].Covers(date)) continue;
                mask |= 1UL << slot;
                break;
            }
        }
        return mask;
    }
}
