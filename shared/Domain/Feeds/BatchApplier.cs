using System.Globalization;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies one batch — one school's year within a feed — to the ledger.</summary>
/// <remarks>Pages are written under their ETags, each write repeatable: a mark set by this feed is set again to the same. The
/// inbox row, with the result, comes in the last commit, which for most schools is the only one.</remarks>
public sealed class BatchApplier(
    IFileArchive archive, ITableStore store, FeedStore feeds, SchoolRolls rolls, StudentDirectory directory, Enrollments enrollments,
    SchoolYears years, SchoolRegistry registry, LedgerWriter ledger, OptOuts optOuts, Tombstones tombstones, DistrictId district)
{
    /// <returns>The batch's result, or null if the feed is not known here.</returns>
    public async Task<BatchResult?> ApplyAsync(Envelope message, int firstMonth, CancellationToken cancellationToken)
    {
        var id = FeedId.Parse(message["feed"]);
        if (await feeds.FindAsync(id, cancellationToken) is not { Status: var feed }) return null;
        var school = SchoolId.Parse(message["school"]);
        var year = new SchoolYear(int.Parse(message["year"], CultureInfo.InvariantCulture), firstMonth);
        var partition = LedgerKeys.Partition(district, school, year);

        BatchResult? result = null;
        // Whoever got in between, another feed or another delivery of this one: look again at what it left.
        while (result is null)
            result = await DoneAsync(partition, message, cancellationToken) ?? await TryApplyAsync(feed, message, school, year, cancellationToken);
        await feeds.RecordAsync(id, result, cancellationToken);
        return result;
    }

    private async ValueTask<BatchResult?> DoneAsync(PartitionKey partition, Envelope message, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Attendance, partition, Inbox.Key(message), cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, FeedJson.Default.BatchResult)
            : null;

    /// <returns>Null if somebody else changed the school's year meanwhile.</returns>
    private async Task<BatchResult?> TryApplyAsync(FeedStatus feed, Envelope message, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var number = int.Parse(message["batch"], CultureInfo.InvariantCulture);
        await using var file = number < 0 ? null : await archive.OpenReadAsync(FeedSplitter.BatchPath(feed.Id), cancellationToken)
            ?? throw new InvalidOperationException("A feed's batch file is missing from the archive.");
        var batch = file is null ? null : BatchFileReader.ReadEntry(file, number);
        var covers = CoverageIn(year, feed.Covers, batch);
        if (feed.Request.WithoutRoster && file is not null)
            await EnrollNamedAsync(file, batch!, school, covers, year.FirstMonth, cancellationToken);

        var partition = LedgerKeys.Partition(district, school, year);
        var roll = await rolls.LoadAsync(school, year, cancellationToken);
        var header = await SchoolYearHeader.FindAsync(store, partition, cancellationToken);
        // The first feed says how the school records its day.
        var scheme = header is { } held ? held.Header.Scheme : batch is { HalfDays: true } ? SessionScheme.AmPm : SessionScheme.WholeDay;
        var days = (await years.DaysAsync(school, year, header?.Header, covers, cancellationToken)).Days;
        var unknown = new UnknownRows();
        var sheet = Lay();
        // Pupils whose stay began years ago have no slot in this year until a feed names them.
        if (unknown.Rows > 0 && await OpenSlotsAsync(unknown, roll, cancellationToken) is { } wider)
        {
            roll = wider;
            sheet = Lay();
        }

        var erased = unknown.Rows > 0 ? unknown.Forget(await tombstones.ReadAsync(cancellationToken)) : 0;
        var result = new BatchResult(school.Value, year.EndYear) { Rows = batch?.Rows ?? 0, Erased = erased };
        if (unknown.Rows > 0)
        {
            // Where nobody is enrolled, the school itself is unknown: a slip in its id must not make a school.
            var reason = roll.SlotCount == 0 ? RefusalReason.UnknownSchool : RefusalReason.UnknownStudent;
            await unknown.KeepAsync(archive, feed.Id, number, reason, cancellationToken);
            result = roll.SlotCount == 0 ? result with { UnknownSchool = unknown.Rows } : result with { UnknownStudents = unknown.Rows };
        }
        // Of a school of which nothing was taken the feed covers no day.
        if (roll.SlotCount == 0 || (batch is not null && unknown.Rows + erased == batch.Rows))
            return await store.CommitAsync(TableName.Attendance, partition, [Done(message, result)], cancellationToken) is CommitResult.Committed ? result : null;

        await registry.AddAsync(school, year, cancellationToken);
        var statesRegister = batch is null ? feed.NamesRegister : batch.RegisterRows > 0;
        sheet.Fold();
        // A list of changes (it takes statements back) speaks for what it names alone, unless its sender says otherwise.
        var speaksForUnnamed = feed.SaysOfUnnamed is not null && (batch is not { HasDeletes: true } || feed.Request.Covers is not null);
        // Sections the feed names anywhere are its matter in the schools it names there, and in those it says it is for.
        if (speaksForUnnamed && feed.NamesSections && (batch is null || batch.Rows > batch.RegisterRows || feed.Request.Schools is not null))
            sheet.SectionsCovered = covers;
        if (statesRegister && speaksForUnnamed && feed.SaysOfUnnamed is { } silence)
        {
            sheet.Fill(covers, silence);
            result = result with
            {
                Silence = new SilentStatement(silence.Value, covers.From, covers.To, [.. sheet.InstructionalDays(covers)]),
                Roll = roll.Fingerprint(),
            };
        }

        var widened = statesRegister ? SchoolYearHeader.Enter(header, scheme, covers) : null;
        return await ledger.WriteAsync(partition, feed, sheet, widened, tally => Done(message, ResultOf(tally)), cancellationToken) is { } written
            ? ResultOf(written)
            : null;

        BatchResult ResultOf(MergeTally tally) => result with
        {
            Changed = tally.Changed,
            Unchanged = tally.Unchanged,
            Superseded = tally.Superseded,
            Filled = tally.Filled,
            TwiceStated = sheet.TwiceStated,
            OutsideCalendar = sheet.OutsideCalendar,
            OutsideEnrollment = sheet.OutsideEnrollment,
            SectionEvents = batch is null ? 0 : batch.Rows - batch.RegisterRows,
        };

        BatchSheet Lay()
        {
            var laid = new BatchSheet(roll, year, scheme, days, feed.Fold ?? PeriodFold.Default, feed.Kind == FeedKind.Exceptions);
            unknown.Clear();
            if (file is null) return laid;
            var deleteMeans = feed.Kind == FeedKind.Exceptions ? Mark.Present : Mark.Unknown;
            BatchFileReader.Read(file, batch!, (in BatchRow row) =>
            {
                var slot = roll.Find(row.StudentUniqueId);
                if (slot >= 0) laid.Add(slot, row, deleteMeans);
                else unknown.Add(row);
            });
            return laid;
        }
    }

    private static RowChange.Insert Done(Envelope message, BatchResult result) =>
        new RowChange.Insert(Inbox.Key(message), JsonSerializer.SerializeToUtf8Bytes(result, FeedJson.Default.BatchResult));

    /// <summary>The part of the coverage that lies in the year; the batch's own days where none does.</summary>
    private static Coverage CoverageIn(SchoolYear year, Coverage? stated, BatchIndexEntry? batch)
    {
        var covers = stated ?? new Coverage(batch!.First, batch.Last);
        var within = new Coverage(
            covers.From < year.FirstDay ? year.FirstDay : covers.From,
            covers.To > year.LastDay ? year.LastDay : covers.To);
        return within.To < within.From && batch is not null ? new Coverage(batch.First, batch.Last) : within;
    }

    private async Task EnrollNamedAsync(Stream file, BatchIndexEntry batch, SchoolId school, Coverage covers, int firstMonth, CancellationToken cancellationToken)
    {
        var named = new HashSet<string>();
        var lookup = named.GetAlternateLookup<ReadOnlySpan<char>>();
        BatchFileReader.Read(file, batch, (in BatchRow row) =>
        {
            Span<char> text = stackalloc char[StudentUniqueId.MaxLength];
            lookup.Add(text[..Encoding.UTF8.GetChars(row.StudentUniqueId, text)]);
        });
        var stay = new Enrollment(school, covers.From, covers.To);
        await enrollments.EnrollAsync(
            [.. named.Select(n => new EnrollmentStatement(new StudentNaming(StudentUniqueId.Parse(n)), stay))],
            EnrollmentMode.Extend, firstMonth, cancellationToken);
        await optOuts.ResolveAsync(cancellationToken);
    }

    /// <summary>Opens slots for known pupils: those whose stay here reaches into the year, and, in a school that has pupils,
    /// those enrolled elsewhere, whose rows are kept and reported as outside their enrolment.</summary>
    /// <returns>The roll with newly opened slots, or null if none could be opened.</returns>
    private async Task<SchoolRoll?> OpenSlotsAsync(UnknownRows unknown, SchoolRoll roll, CancellationToken cancellationToken)
    {
        var entries = new List<RollEntry>();
        foreach (var id in unknown.Students.Keys)
        {
            if (await directory.FindAsync(id, cancellationToken) is not { } key) continue;
            if (await enrollments.FindAsync(key, cancellationToken) is not { Enrollments.Count: > 0 } profile) continue;
            var inYear = profile.In(roll.Year);
            var here = inYear.Where(e => e.School == roll.School).Select(e => e.Span).ToList();
            entries.Add(new RollEntry(key, id, here, here.Count > 0 && inYear.Count > here.Count));
        }
        if (roll.SlotCount == 0 && entries.TrueForAll(e => e.Spans.Count == 0)) return null;
        return entries.Count == 0 ? null : await rolls.EnrollAsync(roll.School, roll.Year, entries, cancellationToken);
    }

    /// <summary>Rows of pupils who are not on the roll, by pupil.</summary>
    private sealed class UnknownRows
    {
        public Dictionary<StudentUniqueId, List<int>> Students { get; } = [];

        public long Rows { get; private set; }

        public void Add(in BatchRow row)
        {
            var id = StudentUniqueId.Parse(Encoding.UTF8.GetString(row.StudentUniqueId));
            if (!Students.TryGetValue(id, out var rows)) Students[id] = rows = [];
            rows.Add(row.RowNumber);
            Rows++;
        }

        /// <summary>Drops the rows of pupils who were erased.</summary>
        /// <returns>How many there were.</returns>
        public long Forget(ErasedPupils erased)
        {
            var before = Rows;
            if (!erased.IsEmpty)
                foreach (var (id, rows) in Students.Where(s => erased.Contains(s.Key)).ToList())
                {
                    Rows -= rows.Count;
                    Students.Remove(id);
                }
            return before - Rows;
        }

        public void Clear()
        {
            Students.Clear();
            Rows = 0;
        }

        /// <summary>Writes the refused rows' numbers beside the feed's original; the texts are found again there.</summary>
        public async Task KeepAsync(IFileArchive archive, FeedId feed, int batch, RefusalReason reason, CancellationToken cancellationToken)
        {
            await using var refusals = await RefusalFile.CreateAsync(archive, feed, cancellationToken, batch);
            foreach (var number in Students.Values.SelectMany(rows => rows).Order())
                refusals.Add(new RefusedRow(number, reason, reason == RefusalReason.UnknownSchool ? "schoolId" : "studentUniqueId", ""));
            await refusals.CompleteAsync(cancellationToken);
        }
    }
}
