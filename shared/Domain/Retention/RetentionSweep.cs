using System.Globalization;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Erasure.Files;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Retention;

/// <summary>What a run let go.</summary>
/// <param name="Records">Pupils whose forms, results and referrals went.</param>
/// <param name="RegisterRows">Of registers and school-day counts of years long over.</param>
/// <param name="ErasedFromFeeds">Lines of pupils erased before their feed came.</param>
/// <param name="Confirmed">Erasures that found nothing more.</param>
public sealed record RetentionReport(int FeedFiles, int Records, int Notifications, int InboxRows, int Failures, int RegisterRows, long ErasedFromFeeds, int Confirmed);

/// <summary>Lets go of what has been kept long enough, a bounded share in each run; and ends erasures: once more for late rows, and in feeds
/// that came since and named somebody who had been erased. The audit has its own (<see cref="AuditRetention"/>).</summary>
public sealed class RetentionSweep(
    ITableStore store, IFileArchive archive, FeedStore feeds, FailureStore failures, ReferralStore referrals, Enrollments enrollments, KnownPartitions known,
    Tombstones tombstones, PupilErasure erasure, ArchiveErasure files, BackupKeys backupKeys, AuditTrail trail, DistrictSettingsStore settingsStore,
    DistrictToday calendar, PupilPartitions pupils, DistrictId district, TimeProvider time)
{
    /// <summary>Each run looks at one in so many buckets of pupils: each of them at least every eighth day.</summary>
    public const int Shares = 8;

    /// <summary>Files let go in one run; the next goes on.</summary>
    public const int MostFiles = 2_000;

    /// <summary>Rows of one kind let go in one run.</summary>
    public const int MostRows = 20_000;

    /// <summary>Feeds looked through for erased pupils in one run.</summary>
    public const int MostFeeds = 50;

    private const string Inboxes = "I";
    private const string Notifications = "N";
    private const string Profiles = "P";

    // A concern, and how far its alerts have gone, stays: the law on keeping those is another, and longer.
    private static readonly string[] RecordRows = ["V", "VH", "S", "R", "RH", "RI", "RV", Notifications];

    /// <param name="whole">Looks at every bucket of pupils, whatever the day.</param>
    public async Task<RetentionReport> RunAsync(bool whole, CancellationToken cancellationToken)
    {
        var kept = (await settingsStore.ReadAsync(cancellationToken)).Settings.Retention;
        var now = time.GetUtcNow();
        var share = Enumerable.Range(0, pupils.Count)
            .Where(bucket => whole || bucket % Shares == DateOnly.FromDateTime(now.UtcDateTime).DayNumber % Shares).Select(pupils.At).ToList();
        var confirmed = await erasure.ConfirmAsync(cancellationToken);
        var lines = await EraseFromFeedsAsync(cancellationToken);
        return new RetentionReport(
            await FeedFilesAsync(now.AddDays(-kept.FeedFileDays), cancellationToken),
            await RecordsAsync(share, (await calendar.DateAsync(cancellationToken)).AddMonths(-kept.RecordMonthsAfterLeaving), cancellationToken),
            await NotificationsAsync(share, now.AddDays(-kept.NotificationDays), cancellationToken),
            await InboxesAsync(share, now.AddDays(-kept.InboxDays), cancellationToken),
            await FailuresAsync(now.AddDays(-kept.FailureDays), cancellationToken),
            await RegistersAsync((await calendar.DateAsync(cancellationToken)).AddYears(-kept.RegisterYears), cancellationToken),
            lines, confirmed);
    }

    /// <summary>The archive lists the oldest first, so that a run stops where what is kept begins.</summary>
    private async Task<int> FeedFilesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var lastMonth = before.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);
        var over = new List<ArchivePath>();
        (FeedId Id, bool IsOver)? last = null;
        await foreach (var path in archive.ListAsync(ArchivePath.Of("feeds"), cancellationToken))
        {
            if (path.Value.Split('/') is not [_, var month, var name, ..] || !FeedId.TryParse(name, out var id)) continue;
            if (string.CompareOrdinal(month, lastMonth) > 0 || over.Count == MostFiles) break;
            if (last is null || last.Value.Id != id) last = (id, await IsOverAsync(id));
            if (last.Value.IsOver) over.Add(path);
        }
        foreach (var path in over)
        {
            await archive.DeleteAsync(path, cancellationToken);
            await backupKeys.DestroyAsync(path, cancellationToken);
        }
        return over.Count;

        async Task<bool> IsOverAsync(FeedId id) =>
            await feeds.FindAsync(id, cancellationToken) is not { Status: var status } ? string.CompareOrdinal(id.Month, lastMonth) < 0 : status.IsFinal && status.ArrivedAt < before;
    }

    /// <summary>Forms, results and referrals of pupils who are on no roll any more.</summary>
    private async Task<int> RecordsAsync(List<PartitionKey> share, DateOnly before, CancellationToken cancellationToken)
    {
        var left = 0;
        foreach (var partition in share)
        {
            var rows = new List<TableRow>();
            await foreach (var row in store.QueryAsync(TableName.Pupils, partition, KnownPartitions.EveryRow, cancellationToken)) rows.Add(row);
            var names = new PupilNames();
            foreach (var row in rows) names.Learn(row);
            var over = new HashSet<StudentKey>();
            foreach (var row in rows)
                if (row.Key.Parts() is [Profiles, var student] && await HasLeftAsync(StudentKey.Parse(student), before, cancellationToken)) over.Add(StudentKey.Parse(student));
            if (over.Count == 0) continue;
            var theirs = rows.Where(row => RecordRows.Contains(row.Key.Parts()[0]))
                .Select(row => (Row: row, Student: names.OwnerOf(row))).Where(of => of.Student is { } student && over.Contains(student)).ToList();
            foreach (var student in theirs.GroupBy(of => of.Student!.Value, of => of.Row))
            {
                var entry = AuditEntry.OfPupil(Authority.System("retention"), AuditAction.EraseRecord, student.Key, null, time.GetUtcNow(), $"{ErasureReason.KeptLongEnough}");
                await trail.AppendAsync(entry, cancellationToken);
                await DeleteAsync(TableName.Pupils, partition, [.. student], cancellationToken);
                left++;
            }
        }
        return left;
    }

    private async Task<bool> HasLeftAsync(StudentKey student, DateOnly before, CancellationToken cancellationToken)
    {
        if (await enrollments.FindAsync(student, cancellationToken) is not { Enrollments: { Count: > 0 } stays }) return false;
        return stays.All(stay => stay.Exit is { } exit && exit < before)
            && !(await referrals.ReadPupilAsync(student, cancellationToken)).All.Any(referral => referral.IsOpen);
    }

    private async Task<int> NotificationsAsync(List<PartitionKey> share, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var digests = WeeklyDigests.PlaceOf(district);
        var places = share.Select(partition => new KnownPartition(TableName.Pupils, partition)).Append(new KnownPartition(digests.Table, digests.Partition));
        return await SweepAsync(places, Notifications, row => NotificationLog.EndOf(row) is { } ended && ended < before, cancellationToken);
    }

    private async Task<int> InboxesAsync(List<PartitionKey> share, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var registers = (await known.SchoolYearsAsync(cancellationToken))
            .Select(of => new KnownPartition(TableName.Attendance, LedgerKeys.Partition(district, of.School, of.Year)));
        var places = share.Select(partition => new KnownPartition(TableName.Pupils, partition)).Concat(registers);
        return await SweepAsync(places, Inboxes, row => DoneAt(row) is { } done && done < before, cancellationToken);
    }

    private async Task<int> FailuresAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var over = (await failures.ListAsync(cancellationToken))
            .Where(failure => failure.When < before && failure.Kind is not (FeedSplitter.BatchKind or FeedIntake.ArrivalKind)).Take(MostRows).ToList();
        foreach (var failure in over) await failures.RemoveAsync(failure, cancellationToken);
        return over.Count;
    }

    /// <summary>Registers, section events, school-day counts and rolls of school years that ended before. A year's partitions go as a whole,
    /// over several nights if they are large.</summary>
    private async Task<int> RegistersAsync(DateOnly before, CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var (school, year) in await known.SchoolYearsAsync(cancellationToken))
        {
            if (year.LastDay >= before) continue;
            foreach (var place in new[]
            {
                new KnownPartition(TableName.Attendance, LedgerKeys.Partition(district, school, year)),
                new KnownPartition(TableName.Directory, SchoolRolls.SealedPartition(district, school, year)),
            })
            {
                var rows = new List<TableRow>();
                await foreach (var row in store.QueryAsync(place.Table, place.Key, KnownPartitions.EveryRow, cancellationToken))
                {
                    if (swept + rows.Count >= MostRows) break;
                    rows.Add(row);
                }
                await DeleteAsync(place.Table, place.Key, rows, cancellationToken);
                swept += rows.Count;
            }
        }
        return swept;
    }

    /// <summary>Feeds that came since somebody was erased may name the pupil yet: their rows were dropped, their files still say it.</summary>
    private async Task<long> EraseFromFeedsAsync(CancellationToken cancellationToken)
    {
        var erased = await tombstones.ReadAsync(cancellationToken);
        if (erased.IsEmpty) return 0;
        var first = ChainPlace.MonthOf((await tombstones.AllAsync(cancellationToken)).Min(of => of.Tombstone.BegunAt));
        long lines = 0;
        var looked = 0;
        foreach (var month in known.Months().Where(month => string.CompareOrdinal(month, first) >= 0))
        {
            var due = new List<FeedStatus>();
            await foreach (var status in feeds.InMonthAsync(month, cancellationToken))
                if (status is { IsFinal: true, ErasedFromFilesAt: null } && due.Count < MostFeeds - looked) due.Add(status);
            foreach (var status in due)
            {
                var paths = new List<ArchivePath>();
                await foreach (var path in archive.ListAsync(ArchivePath.Of("feeds", status.Id.Month, status.Id.Value), cancellationToken)) paths.Add(path);
                lines += (await files.FeedAsync(
                    status.Id, paths, new NumberMatch(erased.Contains), remove: true, (path, stop) => backupKeys.DestroyAsync(path, stop), cancellationToken)).Lines;
                await MarkAsync(status.Id, cancellationToken);
                looked++;
            }
        }
        return lines;
    }

    private async Task MarkAsync(FeedId id, CancellationToken cancellationToken)
    {
        while (await feeds.FindAsync(id, cancellationToken) is { } found)
        {
            var marked = FeedStore.Write(found.Status with { ErasedFromFilesAt = time.GetUtcNow() });
            if (await store.CommitAsync(TableName.Feeds, feeds.Partition(id), [new RowChange.Replace(FeedStore.StatusKey(id), found.ETag, marked)], cancellationToken)
                is CommitResult.Committed) return;
        }
    }

    private async Task<int> SweepAsync(IEnumerable<KnownPartition> places, string kind, Func<TableRow, bool> isOver, CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var place in places)
        {
            var over = new List<TableRow>();
            await foreach (var row in store.QueryAsync(place.Table, place.Key, RowKeyRange.Under(kind), cancellationToken))
                if (swept + over.Count < MostRows && isOver(row)) over.Add(row);
            await DeleteAsync(place.Table, place.Key, over, cancellationToken);
            swept += over.Count;
        }
        return swept;
    }

    /// <summary>A row somebody changed meanwhile is not over yet: the next run looks at it again.</summary>
    private async Task DeleteAsync(TableName table, PartitionKey partition, List<TableRow> rows, CancellationToken cancellationToken)
    {
        foreach (var chunk in rows.Chunk(ITableStore.MaxChanges))
        {
            var deletes = chunk.Select(row => (RowChange)new RowChange.Delete(row.Key, row.ETag)).ToList();
            if (await store.CommitAsync(table, partition, deletes, cancellationToken) is CommitResult.Committed) continue;
            foreach (var delete in deletes) await store.CommitAsync(table, partition, [delete], cancellationToken);
        }
    }

    /// <summary>When the work was done: as the row says, or, of a batch, the end of the month its feed came in.</summary>
    private static DateTimeOffset? DoneAt(TableRow row)
    {
        if (DateTimeOffset.TryParse(Encoding.UTF8.GetString(row.Body.Span), CultureInfo.InvariantCulture, out var at)) return at;
        foreach (var word in row.Key.Parts()[1].Split(' '))
            if (FeedId.TryParse(word, out var feed) && DateTime.TryParseExact(feed.Month, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
                return new DateTimeOffset(month.AddMonths(1), TimeSpan.Zero);
        return null;
    }
}
