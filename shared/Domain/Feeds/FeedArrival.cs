using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Takes in a feed that has arrived: attendance is split into batches, a roster, calendar or forms are applied at
/// once.</summary>
public sealed class FeedArrival(
    IFileArchive archive, ITableStore store, FeedStore feeds, Outbox outbox, FeedSplitter splitter,
    RosterIntake rosters, CalendarIntake calendars, ObservationIntake observations, StaffIntake staff, AuditTrail trail)
{
    public async Task TakeInAsync(FeedId id, int firstMonth, CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(id, cancellationToken) is not { } found) return;
        if (found.Status.Request.Content == FeedContent.Attendance)
        {
            await splitter.SplitAsync(id, firstMonth, null, cancellationToken);
            return;
        }
        if (found.Status.State == FeedState.Received)
        {
            var (status, follows) = await TakeInAsync(found.Status, firstMonth, cancellationToken);
            foreach (var chunk in follows.Chunk(ITableStore.MaxChanges))
            {
                var rows = chunk.Select(m => Outbox.Row(QueueName.Screenings, m)).ToList();
                while (await store.CommitAsync(TableName.Feeds, feeds.Partition(id), rows, cancellationToken) is CommitResult.Conflict)
                    await outbox.RelayAsync(TableName.Feeds, feeds.Partition(id), cancellationToken);
            }
            await store.CommitAsync(
                TableName.Feeds, feeds.Partition(id), [new RowChange.Replace(FeedStore.StatusKey(id), found.ETag, FeedStore.Write(status))], cancellationToken);
        }
        await outbox.RelayAsync(TableName.Feeds, feeds.Partition(id), cancellationToken);
    }

    private async Task<(FeedStatus Status, IReadOnlyList<Envelope> Follows)> TakeInAsync(FeedStatus status, int firstMonth, CancellationToken cancellationToken)
    {
        await using var original = await archive.OpenReadAsync(FeedIntake.OriginalPath(status.Id), cancellationToken)
            ?? throw new InvalidOperationException("A feed's file is missing from the archive.");
        await using var file = await RefusalFile.CreateAsync(archive, status.Id, cancellationToken);
        var refused = new Dictionary<RefusalReason, long>();
        void Refuse(RefusedRow row)
        {
            refused[row.Reason] = refused.GetValueOrDefault(row.Reason) + 1;
            file.Add(row);
        }

        var taken = status.Request.Content switch
        {
            FeedContent.Roster => await rosters.TakeInAsync(original, status.Request, firstMonth, Refuse, cancellationToken),
            FeedContent.Calendar => await calendars.TakeInAsync(status.Id, original, firstMonth, Refuse, cancellationToken),
            FeedContent.Observations => await observations.TakeInAsync(original, Refuse, cancellationToken),
            FeedContent.Staff => await staff.TakeInAsync(original, status.Request, Refuse, cancellationToken),
            _ => throw new InvalidOperationException("A kind of feed is not handled."),
        };
        await file.CompleteAsync(cancellationToken);
        var action = ActionOf(status.Request.Content);
        await Task.WhenAll(taken.Schools.Select(of => trail.AppendAsync(status.EntryOf(action, of.Key, of.Value), cancellationToken)));
        if (taken.OfDistrict is { } count) await trail.AppendAsync(status.EntryOf(action, null, count), cancellationToken);
        return (taken.Outcome switch
        {
            ReadOutcome.Read read => status with
            {
                State = FeedState.Complete,
                Rows = read.Rows,
                Taken = taken.Changed,
                Erased = taken.Erased,
                RefusedRows = refused,
                Concluded = read.Concluded,
                Warnings = [.. read.Warnings, .. taken.Warnings],
            },
            ReadOutcome.Refused whole => status with { State = FeedState.Refused, Why = whole.Why, RefusedRows = refused },
            _ => throw new InvalidOperationException("A read outcome is not handled."),
        }, taken.Follows);
    }

    private static AuditAction ActionOf(FeedContent content) => content switch
    {
        FeedContent.Roster => AuditAction.ImportRoster,
        FeedContent.Calendar => AuditAction.ImportCalendar,
        FeedContent.Observations => AuditAction.ImportObservations,
        FeedContent.Staff => AuditAction.ChangeStaff,
        _ => throw new InvalidOperationException("A kind of feed is not handled."),
    };
}

/// <summary>What became of a file that is applied at once.</summary>
/// <param name="Changed">Pupils, calendars or forms that were new or changed.</param>
public sealed record TakenIn(ReadOutcome Outcome, long Changed, IReadOnlyList<string> Warnings)
{
    /// <summary>Schools whose records it wrote, and how many statements, days or forms for each.</summary>
    public IReadOnlyDictionary<SchoolId, int> Schools { get; init; } = new Dictionary<SchoolId, int>();

    /// <summary>How many it wrote that are of no one school: days of every school's calendar, staff. Null for none.</summary>
    public int? OfDistrict { get; init; }

    /// <summary>Statements or forms of pupils who were erased: dropped.</summary>
    public long Erased { get; init; }

    /// <summary>What it asks for, sent with the feed's completion.</summary>
    public IReadOnlyList<Envelope> Follows { get; init; } = [];

    public static TakenIn NotRead(ReadOutcome outcome) => new(outcome, 0, []);
}
