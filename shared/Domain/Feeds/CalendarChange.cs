using System.Buffers;
using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>What a calendar that came in means for the schools it is of: days it adds get what an earlier feed that covers them
/// says of pupils it does not name (no event on a covered school day is present), and the schools are screened again.</summary>
public sealed class CalendarChange(
    ITableStore store, FeedStore feeds, SchoolYears years, SchoolRolls rolls, SchoolRegistry registry, Outbox outbox, IMessageSender sender,
    DistrictId district, TimeProvider time)
{
    /// <summary>The message kind on <see cref="QueueName.Screenings"/>.</summary>
    public const string Kind = "calendar";

    /// <param name="school">Null for every school of the district.</param>
    public static Envelope MessageOf(DistrictId district, FeedId feed, SchoolId? school, SchoolYear year) => school is { } one
        ? Envelope.First($"calendar {feed} {year} {one}", Kind, ("district", district.Value), ("feed", feed.Value), ("year", year.ToString()), ("school", one.Value))
        : Envelope.First($"calendar {feed} {year} *", Kind, ("district", district.Value), ("feed", feed.Value), ("year", year.ToString()));

    public async Task ApplyAsync(Envelope message, int firstMonth, CancellationToken cancellationToken)
    {
        var year = new SchoolYear(int.Parse(message["year"], CultureInfo.InvariantCulture), firstMonth);
        if (message.Find("school") is { } named)
        {
            await ApplyAsync(message, SchoolId.Parse(named), year, cancellationToken);
            return;
        }
        // Repeated, it sends the same messages again, and each school's inbox knows its own.
        foreach (var chunk in (await registry.InYearAsync(year, cancellationToken)).Chunk(ITableStore.MaxChanges))
        {
            var each = chunk.Select(s => MessageOf(district, FeedId.Parse(message["feed"]), s, year));
            await sender.SendAsync(QueueName.Screenings, [.. each.Select(m => new OutgoingMessage(m.ToJson(), m.MessageId))], cancellationToken);
        }
    }

    private async Task ApplyAsync(Envelope message, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, school, year);
        if (await SchoolYearHeader.FindAsync(store, partition, cancellationToken) is not { Header: var header }) return;
        if (!await Inbox.IsDoneAsync(store, TableName.Attendance, partition, message, cancellationToken))
        {
            await FillAsync(school, year, header.Scheme, partition, cancellationToken);
            var recount = Envelope.First(
                $"recount after {message.Key}", FeedCompletion.BaselineKind,
                ("district", district.Value), ("school", school.Value), ("year", year.ToString()));
            await store.CommitAsync(
                TableName.Attendance, partition, [Inbox.Row(message, time.GetUtcNow()), Outbox.Row(QueueName.Screenings, recount)], cancellationToken);
        }
        await outbox.RelayAsync(TableName.Attendance, partition, cancellationToken);
    }

    private async Task FillAsync(SchoolId school, SchoolYear year, SessionScheme scheme, PartitionKey partition, CancellationToken cancellationToken)
    {
        var log = await new FeedLog(store, partition).ReadAsync(cancellationToken);
        // The last to speak first: of a day, its word on pupils it did not name holds.
        var spoken = new List<(LoggedFeed Feed, SilentStatement Silence)>();
        foreach (var feed in log.OrderByDescending(f => (f.StatedAt, f.ArrivedAt, f.Ordinal)))
            if (await feeds.FindResultAsync(feed.Feed, school, year, cancellationToken) is { Silence: { } silence }) spoken.Add((feed, silence));
        if (spoken.Count == 0) return;

        var days = (await years.DaysAsync(school, year, null, cancellationToken)).Days.Dates.ToArray();
        var roll = await rolls.LoadAsync(school, year, cancellationToken);
        var missing =
            from date in days
            let last = spoken.Find(s => date >= s.Silence.From && date <= s.Silence.To)
            where last.Feed is not null && !last.Silence.Days.Contains(date)
            group date by last;
        foreach (var byFeed in missing)
        {
            var (feed, silence) = byFeed.Key;
            var yields = new bool[log[^1].Ordinal + 1];
            foreach (var other in log) yields[other.Ordinal] = other.YieldsTo(feed);
            foreach (var month in byFeed.GroupBy(LedgerKeys.YearMonth))
                for (var block = 0; block < roll.BlockCount; block++)
                    await FillAsync(partition, new Blank(LedgerKeys.Page(month.Key, block), roll.Block(block), [.. month], (int)scheme), feed.Ordinal, yields, new Mark(silence.Mark), cancellationToken);
        }
    }

    private async Task FillAsync(PartitionKey partition, Blank blank, ushort ordinal, bool[] yields, Mark mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await store.GetAsync(TableName.Attendance, partition, blank.Page, cancellationToken);
            if (Merged(row is { } held ? held.Body.Span : default, blank, ordinal, yields, mark) is not { } body) return;
            RowChange change = row is { } old ? new RowChange.Replace(blank.Page, old.ETag, body) : new RowChange.Insert(blank.Page, body);
            if (await store.CommitAsync(TableName.Attendance, partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    /// <returns>Null if the page says it all already.</returns>
    private static byte[]? Merged(ReadOnlySpan<byte> page, Blank blank, ushort ordinal, bool[] yields, Mark mark)
    {
        var named = new ulong[LedgerPage.MaxColumns];
        var reader = new LedgerPage.ColumnReader(page);
        while (reader.Read())
            for (var slot = 0; slot < LedgerPage.Width; slot++)
                // What the feed did name that day, before the calendar said that it counts, stands.
                if (reader.FeedOf(slot) == ordinal) named[reader.Index] |= 1UL << slot;

        var said = new BatchPage();
        foreach (var date in blank.Days)
        {
            ulong onRoll = 0;
            for (var slot = 0; slot < blank.Slots.Length; slot++)
                if (blank.Slots[slot]?.Spans.Any(s => s.Covers(date)) == true) onRoll |= 1UL << slot;
            for (var session = 0; session < blank.Sessions; session++)
            {
                var column = LedgerPage.ColumnOf(date, session);
                said.Fill(column, onRoll & ~named[column], mark);
            }
        }
        if (said.IsEmpty) return null;
        var buffer = ArrayPool<byte>.Shared.Rent(LedgerPage.MaxSize);
        try
        {
            var tally = new MergeTally();
            var size = LedgerPage.Merge(page, said, ordinal, yields, buffer, ref tally);
            return size == 0 ? null : buffer.AsSpan(0, size).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Days of one page on which its pupils may have no mark yet.</summary>
    private sealed record Blank(RowKey Page, RegisterSlot?[] Slots, IReadOnlyList<DateOnly> Days, int Sessions);
}
