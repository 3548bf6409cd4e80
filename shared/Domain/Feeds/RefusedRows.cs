using System.Text;
using SchoolSignal.Domain.Feeds.Csv;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's refused rows as a file to mend and send again: the rows as they were sent, after a first column that
/// says why. The texts of rows refused while the feed was applied are found again in the archived original.</summary>
public sealed class RefusedRows(IFileArchive archive, DistrictFormatsStore formats)
{
    public async Task WriteAsync(FeedReport report, Stream destination, CancellationToken cancellationToken)
    {
        var status = report.Status;
        var rows = await ReadAsync(report, cancellationToken);
        if (status.Header.Length > 0 && rows.Exists(r => r.RawText.Length == 0))
            await FindTextsAsync(status, rows, cancellationToken);

        using var text = new StringWriter();
        RefusedRowsCsv.Write(text, status.Header, status.Delimiter, rows.OrderBy(r => r.RowNumber));
        await destination.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    private async Task<List<RefusedRow>> ReadAsync(FeedReport report, CancellationToken cancellationToken)
    {
        var rows = new List<RefusedRow>();
        var id = report.Status.Id;
        await AddAsync(rows, RefusalFile.PathOf(id), cancellationToken);
        var refusing = report.Results.Where(r => r.UnknownStudents + r.UnknownSchool > 0).Select(r => (r.School, r.EndYear)).ToHashSet();
        foreach (var batch in (report.Status.Batches ?? []).Where(b => refusing.Contains((b.School, b.EndYear))))
            await AddAsync(rows, RefusalFile.PathOf(id, batch.Number), cancellationToken);
        return rows;
    }

    private async Task AddAsync(List<RefusedRow> rows, ArchivePath path, CancellationToken cancellationToken)
    {
        if (await archive.OpenReadAsync(path, cancellationToken) is not { } file) return;
        await using (file)
            await foreach (var row in RefusalFile.ReadAsync(file, cancellationToken)) rows.Add(row);
    }

    private async Task FindTextsAsync(FeedStatus status, List<RefusedRow> rows, CancellationToken cancellationToken)
    {
        if (AttendanceFileReader.OptionsOf(status.Request, await formats.ReadAsync(cancellationToken), null, out _) is not { } options) return;
        if (await archive.OpenReadAsync(FeedIntake.OriginalPath(status.Id), cancellationToken) is not { } original) return;
        await using (original)
        {
            var wanted = rows.Where(r => r.RawText.Length == 0).Select(r => r.RowNumber).ToHashSet();
            var texts = CsvRowPicker.Pick(original, options, wanted, cancellationToken);
            for (var i = 0; i < rows.Count; i++)
                if (rows[i].RawText.Length == 0 && texts.TryGetValue(rows[i].RowNumber, out var found)) rows[i] = rows[i] with { RawText = found };
        }
    }
}
