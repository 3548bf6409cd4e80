using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Reads attendance from CSV, streaming: memory does not grow with the file, and nothing is allocated for a good row.
/// Future or very old dates, unknown pupils and unknown schools are for whoever takes the rows.</summary>
public static class CsvAttendanceReader
{
    private const int StepsBetweenProgress = 4096;
    private const int InspectedRows = 20;

    /// <param name="stream">Seekable; read from its beginning, more than once where the file must settle how it is written.</param>
    /// <param name="sink">Called on this thread, in file order.</param>
    /// <returns><see cref="ReadOutcome.Read"/> with the rows handed on or refused (0 for a header alone), or
    /// <see cref="ReadOutcome.Refused"/> before any row was handed on.</returns>
    public static ReadOutcome Read(Stream stream, CsvReadOptions options, AttendanceRowSink sink, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sink);
        return new CsvLayoutFinder(options, ct).Find(stream) switch
        {
            LayoutOutcome.Refused refused => new ReadOutcome.Refused(refused.Why),
            LayoutOutcome.Settled { Layout: var layout } => ReadRows(stream, layout, options.Progress, sink, long.MaxValue, ct),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>What <see cref="Read"/> would conclude, and the first rows as it would read them.</summary>
    public static CsvInspection Inspect(Stream stream, CsvReadOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        var outcome = new CsvLayoutFinder(options, ct).Find(stream);
        if (outcome is LayoutOutcome.Refused refused) return new CsvInspection.Refused(refused.Why, ProfilesThatFit(stream, options, ct));
        var layout = ((LayoutOutcome.Settled)outcome).Layout;
        var first = new List<InspectedRow>();
        var sink = new AttendanceRowSink(
            (in AttendanceRow row) => first.Add(new InspectedRow.Taken(
                row.RowNumber, row.StudentUniqueId.ToString(), row.SchoolId.ToString(), row.Date, row.Session, row.Period, row.Mark)),
            row => first.Add(new InspectedRow.NotTaken(row)),
            _ => { });
        ReadRows(stream, layout, progress: null, sink, InspectedRows, ct);
        var questions = new List<string>(layout.Warnings);
        if (layout.Profile.Kind is null)
            questions.Add("Does the file state every pupil (kind register, or snapshot if it replaces what was sent before), or absences only (kind exceptions)?");
        return new CsvInspection.Understood(layout.Profile.Id, layout.Profile.Kind, layout.CodeSet?.Id, layout.Concluded, questions, first);
    }

    private static List<string> ProfilesThatFit(Stream stream, CsvReadOptions options, CancellationToken ct) =>
    [
        .. CsvProfiles.Shipped.All
            .Where(profile => profile != options.Profile && new CsvLayoutFinder(options with { Profile = profile }, ct).Find(stream) is LayoutOutcome.Settled)
            .Select(profile => profile.Id),
    ];

    private static ReadOutcome.Read ReadRows(
        Stream stream, CsvLayout layout, Action<long>? progress, AttendanceRowSink sink, long mostRows, CancellationToken ct)
    {
        var records = layout.OpenRows(stream);
        var rows = new CsvRowReader(layout, sink);
        long count = 0;
        var steps = 0;
        while (count < mostRows)
        {
            var step = records.Read();
            if (step == CsvStep.End) break;
            if (rows.Take(records, step)) count++;
            if (++steps < StepsBetweenProgress) continue;
            steps = 0;
            ct.ThrowIfCancellationRequested();
            progress?.Invoke(records.BytesRead);
        }
        progress?.Invoke(records.BytesRead);
        return new ReadOutcome.Read(count, layout.Profile.Kind, layout.Concluded, [.. layout.Warnings, .. rows.Warnings(count)])
        {
            Header = layout.HeaderText,
            Delimiter = layout.Delimiter,
            PeriodFold = layout.Columns.Has(CsvField.Period) ? layout.Profile.PeriodFold ?? PeriodFold.Default : null,
            Coverage = rows.Coverage,
        };
    }
}
