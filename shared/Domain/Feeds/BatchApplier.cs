using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies one batch — one school's year within a feed — to the ledger.</summary>
/// <remarks>Pages are written under their ETags, a hundred a commit, each write repeatable: a mark set by this feed is set
/// again to the same. The inbox row, with the result, comes last.</remarks>
public sealed class BatchApplier(
    IFileArchive archive, ITableStore store, FeedStore feeds, SchoolRolls rolls, StudentDirectory directory, Enrollments enrollments,
    SchoolYears years, SchoolRegistry registry, LedgerWriter ledger, OptOuts optOuts, DistrictId district)
{
    private const int MostRefusedNumbers = 5_000;

    /// <returns>The batch's result, or null if the feed is not known here.</returns>
    public async Task<BatchResult?> ApplyAsync(Envelope message, int firstMonth, CancellationToken cancellationToken)
    {
        var id = FeedId.Parse(message["feed"]);
        if (await feeds.FindAsync(id, cancellationToken) is not { Status: var feed }) return null;
        var school = SchoolId.Parse(message["school"]);
        var year = new SchoolYear(int.Parse(message["year"], System.Globalization.CultureInfo.InvariantCulture), firstMonth);
        var partition = LedgerKeys.Partition(district, school, year);

        if (await store.GetAsync(TableName.Attendance, partition, Inbox.Key(message), cancellationToken) is { } done)
        {
            var known = JsonSerializer.Deserialize(done.Body.Span, FeedJson.Default.BatchResult)!;
            await feeds.RecordAsync(id, known, cancellationToken);
            return known;
        }

        await registry.AddAsync(school, year, cancellationToken);
        var result = await ApplyAsync(feed, int.Parse(message["batch"], System.Globalization.CultureInfo.InvariantCulture), school, year, cancellationToken);
        var inbox = new RowChange.Insert(Inbox.Key(message), JsonSerializer.SerializeToUtf8Bytes(result, FeedJson.Default.BatchResult));
        await store.CommitAsync(TableName.Attendance, partition, [inbox], cancellationToken);
        await feeds.RecordAsync(id, result, cancellationToken);
        return result;
    }

    private async Task<BatchResult> ApplyAsync(FeedStatus feed, int number, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        await using var file = number < 0 ? null : await archive.OpenReadAsync(FeedSplitter.BatchPath(feed.Id), cancellationToken)
            ?? throw new InvalidOperationException("A feed's batch file is missing from the archive.");
        var batch = file is null ? null : BatchFileReader.ReadIndex(file)[number];
        var covers = CoverageIn(year, feed.Covers, batch);
        var partition = LedgerKeys.Partition(district, school, year);
        var header = await SchoolYearHeader.EnterAsync(
            store, partition, batch is { HalfDays: true } ? SessionScheme.AmPm : SessionScheme.WholeDay, covers, cancellationToken);
        var days = (await years.DaysAsync(school, year, covers, cancellationToken)).Days;

        if (feed.Request.WithoutRoster && file is not null)
            await EnrollNamedAsync(file, batch!, school, covers, year.FirstMonth, cancellationToken);
        var roll = await rolls.LoadAsync(school, year, cancellationToken);
        var deleteMeans = feed.Kind == FeedKind.Exceptions ? Mark.Present : Mark.Unknown;

        var unknown = new UnknownRows();
        BatchSheet sheet;
        while (true)
        {
            sheet = new BatchSheet(roll, year, header.Scheme, days, feed.Fold ?? PeriodFold.Default, feed.Kind == FeedKind.Exceptions);
            unknown.Clear();
            if (file is null) break;
            BatchFileReader.Read(file, batch!, (in BatchRow row) =>
            {
                var slot = roll.Find(row.StudentUniqueId);
                if (slot >= 0) sheet.Add(slot, row, deleteMeans);
                else unknown.Add(row);
            });
            if (unknown.Students.Count == 0) break;
            // Pupils whose stay began years ago have no slot in this year until a feed names them.
            if (await OpenSlotsAsync(unknown, school, year, cancellationToken) is not { } wider) break;
            roll = wider;
        }
        sheet.Fold();
        var registerStated = batch is null || batch.RegisterRows > 0;
        if (registerStated && feed.Kind == FeedKind.Exceptions) sheet.Fill(covers, Mark.Present);
        if (registerStated && feed.Kind == FeedKind.Snapshot) sheet.Fill(covers, Mark.Unknown);

        var tally = await ledger.WriteAsync(partition, feed, sheet, cancellationToken);
        return new BatchResult(school.Value, year.EndYear)
        {
            Rows = batch?.Rows ?? 0,
            Changed = tally.Changed,
            Unchanged = tally.Unchanged,
            Superseded = tally.Superseded,
            Filled = tally.Filled,
            TwiceStated = sheet.TwiceStated,
            OutsideCalendar = sheet.OutsideCalendar,
            OutsideEnrollment = sheet.OutsideEnrollment + unknown.Elsewhere,
            SectionEvents = batch is null ? 0 : batch.Rows - batch.RegisterRows,
            UnknownStudents = unknown.RefusedCount,
            RefusedRowNumbers = unknown.RefusedNumbers(MostRefusedNumbers),
        };
    }

    private static Coverage CoverageIn(SchoolYear year, Coverage? stated, BatchIndexEntry? batch)
    {
        var covers = stated ?? new Coverage(batch!.First, batch.Last);
        return new Coverage(
            covers.From < year.FirstDay ? year.FirstDay : covers.From,
            covers.To > year.LastDay ? year.LastDay : covers.To);
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

    /// <returns>The roll with newly opened slots, or null if none could be opened.</returns>
    private async Task<SchoolRoll?> OpenSlotsAsync(UnknownRows unknown, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var entries = new List<RollEntry>();
        foreach (var id in unknown.Students.Keys.ToList())
        {
            if (await directory.FindAsync(id, cancellationToken) is not { } key) continue;
            if (await enrollments.FindAsync(key, cancellationToken) is not { } profile) continue;
            var inYear = profile.Enrollments.Where(e => e.Entry <= year.LastDay && (e.Exit is null || e.Exit >= year.FirstDay)).ToList();
            var here = inYear.Where(e => e.School == school).Select(e => e.Span).ToList();
            if (here.Count > 0) entries.Add(new RollEntry(key, id, here, inYear.Any(e => e.School != school)));
            else unknown.MarkElsewhere(id);
        }
        return entries.Count == 0 ? null : await rolls.EnrollAsync(school, year, entries, cancellationToken);
    }

    /// <summary>Rows of pupils who are not on the roll, by pupil.</summary>
    private sealed class UnknownRows
    {
        private readonly HashSet<StudentUniqueId> elsewhere = [];

        public Dictionary<StudentUniqueId, List<int>> Students { get; } = [];

        public long Elsewhere => Students.Where(s => elsewhere.Contains(s.Key)).Sum(s => (long)s.Value.Count);

        public long RefusedCount => Students.Where(s => !elsewhere.Contains(s.Key)).Sum(s => (long)s.Value.Count);

        public void Add(in BatchRow row)
        {
            if (!StudentUniqueId.TryParse(Encoding.UTF8.GetString(row.StudentUniqueId), out var id)) return;
            if (!Students.TryGetValue(id, out var rows)) Students[id] = rows = [];
            rows.Add(row.RowNumber);
        }

        public void MarkElsewhere(StudentUniqueId id) => elsewhere.Add(id);

        public List<int> RefusedNumbers(int most) =>
            [.. Students.Where(s => !elsewhere.Contains(s.Key)).SelectMany(s => s.Value).Order().Take(most)];

        public void Clear() => Students.Clear();
    }
}
