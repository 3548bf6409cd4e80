using System.Globalization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Reads a school's year, or a few of its blocks, as the register that screening works on.</summary>
public sealed class LedgerReader(ITableStore store, SchoolYears years, DistrictId district)
{
    /// <summary>The register through a day, or null if the school has no attendance in that year.</summary>
    /// <param name="only">Blocks to read; null for all.</param>
    public async Task<SchoolYearRegister?> ReadAsync(SchoolId school, SchoolYear year, DateOnly through, IReadOnlyCollection<int>? only, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, school, year);
        if (await SchoolYearHeader.FindAsync(store, partition, cancellationToken) is not { Header: var header }) return null;
        var decided = await years.DaysAsync(school, year, header, null, cancellationToken);
        var days = new SchoolDays(decided.Days.Dates[..decided.Days.CountThrough(through)].ToArray());
        var sessions = (int)header.Scheme;
        var columns = new ColumnMap(days, sessions);
        var blocks = await ReadBlocksAsync(partition, days.Count * sessions, only, cancellationToken);
        if (days.Count > 0)
        {
            var sections = await ReadSectionsAsync(partition, days, only, cancellationToken);
            await ReadPagesAsync(partition, days, columns, blocks, sections, only, cancellationToken);
        }
        return new SchoolYearRegister
        {
            School = school,
            Year = year,
            Days = days,
            Scheme = header.Scheme,
            Totals = await ReadTotalsAsync(partition, days, columns, cancellationToken),
            Blocks = [.. blocks.Values.OrderBy(b => b.Number)],
            Covered = header.Covered,
        };
    }

    /// <summary>The block a pupil sits in, or null if the school never had the pupil that year.</summary>
    public async ValueTask<int?> FindBlockAsync(SchoolId school, SchoolYear year, StudentKey student, CancellationToken cancellationToken)
    {
        var rows = store.QueryAsync(
            TableName.Attendance, LedgerKeys.Partition(district, school, year), RowKeyRange.Under(LedgerKeys.Blocks), cancellationToken);
        await foreach (var row in rows)
            if (BlockRow.Holds(row.Body.Span, student)) return int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture);
        return null;
    }

    /// <summary>Whoever has a slot at the school that year, also without a day on roll there.</summary>
    public async Task<List<StudentKey>> PupilsAsync(SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var pupils = new List<StudentKey>();
        var rows = store.QueryAsync(
            TableName.Attendance, LedgerKeys.Partition(district, school, year), RowKeyRange.Under(LedgerKeys.Blocks), cancellationToken);
        await foreach (var row in rows)
            foreach (var slot in BlockRow.Read(row.Body.Span))
                if (slot is { Student: var student }) pupils.Add(student);
        return pupils;
    }

    private async Task<Dictionary<int, RegisterBlock>> ReadBlocksAsync(PartitionKey partition, int columns, IReadOnlyCollection<int>? only, CancellationToken cancellationToken)
    {
        var blocks = new Dictionary<int, RegisterBlock>();
        await foreach (var row in RowsAsync(partition, RowKeyRange.Under(LedgerKeys.Blocks), only?.Select(LedgerKeys.Block), cancellationToken))
        {
            var number = int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture);
            blocks[number] = new RegisterBlock
            {
                Number = number,
                Slots = BlockRow.Read(row.Body.Span),
                Marks = new byte[columns * RegisterBlock.Width],
            };
        }
        return blocks;
    }

    private async Task ReadPagesAsync(
        PartitionKey partition, SchoolDays days, ColumnMap columns, Dictionary<int, RegisterBlock> blocks,
        Dictionary<(int YearMonth, int Block), TableRow> sections, IReadOnlyCollection<int>? only, CancellationToken cancellationToken)
    {
        var missed = new Dictionary<int, List<SectionAbsence>>();
        var range = LedgerKeys.PagesOfMonths(LedgerKeys.YearMonth(days[0]), LedgerKeys.YearMonth(days[^1]));
        var single = only is null ? null : MonthsOf(days).SelectMany(month => only.Select(block => LedgerKeys.Page(month, block)));
        await foreach (var row in RowsAsync(partition, range, single, cancellationToken))
        {
            var (yearMonth, number) = LedgerKeys.ParsePage(row.Key);
            if (blocks.TryGetValue(number, out var block)) Lay(row.Body.Span, yearMonth, columns, block.Marks);
            if (sections.Remove((yearMonth, number), out var section)) Take(section, yearMonth, number, row.Body.Span);
        }
        // Months of a block with section events and no mark of the register.
        foreach (var ((yearMonth, number), section) in sections) Take(section, yearMonth, number, default);
        foreach (var (number, events) in missed)
            if (blocks.TryGetValue(number, out var block)) blocks[number] = block.With(events);

        void Take(TableRow section, int yearMonth, int number, ReadOnlySpan<byte> page)
        {
            if (!missed.TryGetValue(number, out var events)) missed[number] = events = [];
            events.AddRange(SectionRows.Read(section, yearMonth, page).Where(s => s.Date <= days[^1]));
        }
    }

    private static void Lay(ReadOnlySpan<byte> page, int yearMonth, ColumnMap columns, byte[] marks)
    {
        var reader = new LedgerPage.ColumnReader(page);
        while (reader.Read())
        {
            var column = columns.Find(yearMonth, reader.Index);
            if (column >= 0) reader.Marks.CopyTo(marks.AsSpan(column * RegisterBlock.Width));
        }
    }

    private async Task<Dictionary<(int YearMonth, int Block), TableRow>> ReadSectionsAsync(
        PartitionKey partition, SchoolDays days, IReadOnlyCollection<int>? only, CancellationToken cancellationToken)
    {
        // Most schools have none, and where lessons are recorded they are few: one question for all blocks, whichever are wanted.
        var found = new Dictionary<(int YearMonth, int Block), TableRow>();
        await foreach (var row in store.QueryAsync(TableName.Attendance, partition, LedgerKeys.SectionsThrough(LedgerKeys.YearMonth(days[^1])), cancellationToken))
            if (LedgerKeys.ParsePage(row.Key) is var key && (only is null || only.Contains(key.Block))) found[key] = row;
        return found;
    }

    private async Task<SchoolSessionTotals> ReadTotalsAsync(PartitionKey partition, SchoolDays days, ColumnMap columns, CancellationToken cancellationToken)
    {
        var size = days.Count * columns.Sessions;
        var totals = new SchoolSessionTotals(new int[size], new int[size]);
        var possible = new int[LedgerPage.MaxColumns];
        var absent = new int[LedgerPage.MaxColumns];
        await foreach (var row in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(LedgerKeys.Totals), cancellationToken))
        {
            var yearMonth = int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture);
            Array.Clear(possible);
            Array.Clear(absent);
            DayTotalsRow.Read(row.Body.Span, possible, absent);
            for (var index = 0; index < LedgerPage.MaxColumns; index++)
            {
                var column = columns.Find(yearMonth, index);
                if (column < 0) continue;
                totals.Possible[column] = possible[index];
                totals.Absent[column] = absent[index];
            }
        }
        return totals;
    }

    private async IAsyncEnumerable<TableRow> RowsAsync(
        PartitionKey partition, RowKeyRange range, IEnumerable<RowKey>? single, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (single is null)
        {
            await foreach (var row in store.QueryAsync(TableName.Attendance, partition, range, cancellationToken)) yield return row;
            yield break;
        }
        foreach (var row in await store.GetManyAsync(TableName.Attendance, partition, [.. single], cancellationToken)) yield return row;
    }

    private static IEnumerable<int> MonthsOf(SchoolDays days) => days.Dates.ToArray().Select(LedgerKeys.YearMonth).Distinct();

    /// <summary>Where a page's column stands in the register, by year-month and column index.</summary>
    private sealed class ColumnMap
    {
        private readonly Dictionary<int, int[]> months = [];

        public ColumnMap(SchoolDays days, int sessions)
        {
            Sessions = sessions;
            for (var day = 0; day < days.Count; day++)
            {
                var yearMonth = LedgerKeys.YearMonth(days[day]);
                if (!months.TryGetValue(yearMonth, out var columns))
                {
                    months[yearMonth] = columns = new int[LedgerPage.MaxColumns];
                    Array.Fill(columns, -1);
                }
                for (var session = 0; session < sessions; session++)
                    columns[LedgerPage.ColumnOf(days[day], session)] = (day * sessions) + session;
            }
        }

        public int Sessions { get; }

        public int Find(int yearMonth, int index) => months.TryGetValue(yearMonth, out var columns) ? columns[index] : -1;
    }
}
