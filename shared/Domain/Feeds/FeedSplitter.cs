using System.Globalization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads an attendance feed once, refuses bad rows, and splits the good ones by school and year into batches that
/// are applied from the queue.</summary>
public sealed class FeedSplitter(
    IFileArchive archive, ITableStore store, FeedStore feeds, DistrictFormatsStore formats, UnassignedRows unassigned,
    SchoolRegistry registry, SchoolRolls rolls, Outbox outbox, DistrictId district, DistrictToday calendar)
{
    /// <summary>The message kind on <see cref="QueueName.AttendanceBatches"/>.</summary>
    public const string BatchKind = "attendance-batch";

    private static readonly string TooManySchools = string.Create(
        CultureInfo.InvariantCulture,
        $"The file speaks for more than {FeedStore.MaxBatches:N0} schools and school years. If that many are meant, send it in parts; if not, another column was read as the school.");

    public static ArchivePath BatchPath(FeedId id) => ArchivePath.Of("feeds", id.Month, id.Value, "batches");

    /// <summary>Reads and splits the feed. Safe to repeat: until the status says so, nothing was split.</summary>
    public async Task SplitAsync(FeedId id, int firstMonth, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(id, cancellationToken) is not { } found) return;
        if (found.Status.State == FeedState.Received)
        {
            var (status, batches) = await ReadAsync(found.Status, firstMonth, progress, cancellationToken);
            await PublishAsync(status, batches, found.ETag, cancellationToken);
        }
        await outbox.RelayAsync(TableName.Feeds, feeds.Partition(id), cancellationToken);
    }

    private async Task<(FeedStatus Status, IReadOnlyList<FeedBatch> Batches)> ReadAsync(FeedStatus status, int firstMonth, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (await IsRepeatAsync(status, firstMonth, cancellationToken) is { } earlier)
            return (status with { State = FeedState.Repeated, RepeatOf = earlier }, []);

        await using var original = await archive.OpenReadAsync(FeedIntake.OriginalPath(status.Id), cancellationToken)
            ?? throw new InvalidOperationException("A feed's file is missing from the archive.");
        await using var batchFile = await archive.CreateAsync(BatchPath(status.Id), cancellationToken);
        await using var refusals = await RefusalFile.CreateAsync(archive, status.Id, cancellationToken);
        var today = await calendar.DateAsync(cancellationToken);
        var intake = new RowIntake(new BatchFileWriter(batchFile.Stream), refusals, firstMonth, today, status.Request.Schools);

        var outcome = AttendanceFileReader.Read(
            original, status.Request, await formats.ReadAsync(cancellationToken), intake.Sink, progress, cancellationToken);
        if (outcome is ReadOutcome.Refused refused) return (Refuse(status, refused.Why), []);
        var read = (ReadOutcome.Read)outcome;
        await unassigned.AssignAsync(intake, cancellationToken);
        if (intake.HasTooManySchools) return (Refuse(status, TooManySchools), []);

        var index = intake.Writer.Complete();
        var kind = status.Request.Kind ?? read.Kind ?? FeedKind.Register;
        var covers = status.Request.Covers ?? read.Coverage ?? intake.Dates;
        if (covers is null && read.Rows == 0)
            return (Refuse(status, "The file has no rows and does not say which days it covers. State them (--covers FROM..TO), or send the rows."), []);
        var warnings = read.Warnings.ToList();
        if (covers is { } stated)
        {
            // Nobody can say yet who will be there tomorrow; a row may, where the day has begun elsewhere.
            var last = intake.Dates?.To > today ? intake.Dates.Value.To : today;
            if (stated.To < stated.From) return (Refuse(status, "The coverage ends before it begins."), []);
            if (stated.From > last) return (Refuse(status, "The coverage lies in the future: nothing can be stated of it yet."), []);
            if (stated.To > last)
            {
                covers = stated with { To = last };
                warnings.Add($"The coverage reaches into the future; it is taken up to {last:yyyy-MM-dd}.");
            }
        }

        await batchFile.CompleteAsync(cancellationToken);
        await refusals.CompleteAsync(cancellationToken);
        var result = status with
        {
            State = FeedState.Applying,
            Kind = kind,
            Covers = covers,
            Rows = read.Rows,
            NamesRegister = read.Rows == 0 || index.Any(b => b.RegisterRows > 0),
            NamesSections = index.Any(b => b.Rows > b.RegisterRows),
            Fold = read.PeriodFold,
            Header = read.Header,
            Delimiter = read.Delimiter,
            RefusedRows = intake.Refused,
            Erased = intake.Erased,
            UnknownCodes = intake.UnknownCodes,
            Concluded = read.Concluded,
            Warnings = warnings,
            // The same bytes again, after something else came, mean: stated now.
            StatedAt = await feeds.FindRepeatAsync(status, cancellationToken) is not null ? status.ArrivedAt : status.StatedAt,
        };
        var batches = await BatchesAsync(result, index, read.Rows, firstMonth, cancellationToken);
        return batches.Count > FeedStore.MaxBatches ? (Refuse(status, TooManySchools), []) : (result, batches);
    }

    /// <summary>A repeat is skipped only if the earlier one was taken in whole, no feed has touched its schools since, none
    /// that came in between is still on its way, and the rolls it speaks for without naming anybody are as they were.</summary>
    private async Task<FeedId?> IsRepeatAsync(FeedStatus status, int firstMonth, CancellationToken cancellationToken)
    {
        if (await feeds.FindRepeatAsync(status, cancellationToken) is not { } earlierId) return null;
        if (await feeds.ReportAsync(earlierId, cancellationToken) is not { Status.State: FeedState.Complete, Refused: 0, AnyFailed: false } earlier) return null;
        if (await HasMoreToSayAsync(earlier, firstMonth, cancellationToken)) return null;
        foreach (var batch in await feeds.BatchesAsync(earlierId, cancellationToken))
        {
            var log = new FeedLog(store, LedgerKeys.Partition(district, SchoolId.Parse(batch.School), new SchoolYear(batch.EndYear, firstMonth)));
            var logged = await log.ReadAsync(cancellationToken);
            if (logged.Count == 0 || logged[^1].Feed != earlierId) return null;
        }
        foreach (var month in new[] { earlierId.Month, status.Id.Month }.Distinct())
            await foreach (var other in feeds.InMonthAsync(month, cancellationToken))
                if (other is { IsFinal: false, Request.Content: FeedContent.Attendance } && other.Id != status.Id && other.ArrivedAt <= status.ArrivedAt) return null;
        return earlierId;
    }

    /// <summary>Whether the same file would now say something of more pupils than it did, or of a part that was given up.</summary>
    private async Task<bool> HasMoreToSayAsync(FeedReport earlier, int firstMonth, CancellationToken cancellationToken)
    {
        foreach (var result in earlier.Results)
        {
            if (result.Abandoned is not null) return true;
            if (result.Roll is not { } then) continue;
            var roll = await rolls.LoadAsync(SchoolId.Parse(result.School), new SchoolYear(result.EndYear, firstMonth), cancellationToken);
            if (roll.Fingerprint() != then) return true;
        }
        if (earlier.Status is not { Rows: 0, Request.Schools: null, Covers: { } covers }) return false;
        // Without a row it speaks for every school that has a roll, those that have come since too.
        var spokenFor = earlier.Results.Select(r => (r.School, r.EndYear)).ToHashSet();
        var last = SchoolYear.Containing(covers.To, firstMonth).EndYear;
        for (var year = SchoolYear.Containing(covers.From, firstMonth); year.EndYear <= last; year = year with { EndYear = year.EndYear + 1 })
            if ((await OnRollAsync(year, cancellationToken)).Any(school => !spokenFor.Contains((school, year.EndYear)))) return true;
        return false;
    }

    private async Task<IReadOnlyList<FeedBatch>> BatchesAsync(
        FeedStatus status, IReadOnlyList<BatchIndexEntry> index, long rows, int firstMonth, CancellationToken cancellationToken)
    {
        var batches = index.Select(b => new FeedBatch(b.Number, b.School, b.EndYear)).ToList();
        // Rows that were all refused speak for nobody.
        var speaksForUnnamed = status is { Kind: FeedKind.Exceptions or FeedKind.Snapshot, Covers: not null }
            && (status.NamesRegister || status.NamesSections)
            && (status.Request.Covers is not null || !index.Any(b => b.HasDeletes));
        if (!speaksForUnnamed) return batches;
        // Schools and years the feed covers without naming a row of theirs: everybody there was present, or is no longer stated.
        var first = SchoolYear.Containing(status.Covers!.Value.From, firstMonth).EndYear;
        var last = SchoolYear.Containing(status.Covers!.Value.To, firstMonth).EndYear;
        for (var endYear = first; endYear <= last; endYear++)
        {
            IEnumerable<string> schools = status.Request.Schools
                ?? (rows > 0 ? index.Where(b => !status.NamesRegister || b.RegisterRows > 0).Select(b => b.School) : await OnRollAsync(new SchoolYear(endYear, firstMonth), cancellationToken));
            foreach (var school in schools.Distinct())
                if (!batches.Exists(b => b.School == school && b.EndYear == endYear)) batches.Add(new FeedBatch(-1, school, endYear));
        }
        return batches;
    }

    /// <summary>Schools with a roll that year, or the year before: its pupils who stay are taken over.</summary>
    private async Task<IEnumerable<string>> OnRollAsync(SchoolYear year, CancellationToken cancellationToken)
    {
        var schools = await registry.InYearAsync(year, cancellationToken);
        schools.AddRange(await registry.InYearAsync(year with { EndYear = year.EndYear - 1 }, cancellationToken));
        return schools.Select(s => s.Value);
    }

    /// <summary>Messages first, in commits of their own; the status with the batch count last.</summary>
    private async Task PublishAsync(FeedStatus status, IReadOnlyList<FeedBatch> batches, ETag etag, CancellationToken cancellationToken)
    {
        const int Share = ITableStore.MaxChanges - 1;
        var partition = feeds.Partition(status.Id);
        var messages = batches.Select(b => (Batch: b, Message: MessageOf(status.Id, b))).OrderBy(m => m.Message.Key, StringComparer.Ordinal).ToList();
        foreach (var chunk in messages.Chunk(Share))
        {
            var rows = chunk.Select(m => Outbox.Row(QueueName.AttendanceBatches, m.Message)).ToList();
            while (await store.CommitAsync(TableName.Feeds, partition, rows, cancellationToken) is CommitResult.Conflict)
                await outbox.RelayAsync(TableName.Feeds, partition, cancellationToken);
        }
        if (status.State == FeedState.Applying)
        {
            status = status with { Split = new FeedSplit(batches.Count, batches.Select(b => b.School).Distinct().Count(), messages.Count == 0 ? null : messages[^1].Batch) };
            if (batches.Count == 0) status = status with { State = FeedState.Complete };
            await feeds.RememberAsync(status, cancellationToken);
        }
        await store.CommitAsync(TableName.Feeds, partition, FeedStore.WriteSplit(status, etag, batches), cancellationToken);
    }

    private Envelope MessageOf(FeedId id, FeedBatch batch) => Envelope.First(
        $"feed {id} {batch.School} {batch.EndYear}", BatchKind,
        ("district", district.Value), ("feed", id.Value), ("school", batch.School),
        ("year", batch.EndYear.ToString(CultureInfo.InvariantCulture)), ("batch", batch.Number.ToString(CultureInfo.InvariantCulture)));

    private static FeedStatus Refuse(FeedStatus status, string why) => status with { State = FeedState.Refused, Why = why };
}
