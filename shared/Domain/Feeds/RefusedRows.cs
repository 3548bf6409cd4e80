using System.Text;
using SchoolSignal.Domain.Feeds.Csv;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's refused rows as a file to mend and send again: the rows as they were sent, after a first column that
/// says why. The texts of rows refused while the feed was applied are found again in the archived original.</summary>
/// <remarks>Written as it is read: in memory are a few bytes for each row whose text is to be found again, and no text.</remarks>
public sealed class RefusedRows(IFileArchive archive, FeedStore feeds, DistrictFormatsStore formats)
{
    /// <summary>Characters gathered before they go to the destination.</summary>
    private const int Chunk = 16 * 1024;

    public async Task WriteAsync(FeedReport report, Stream destination, CancellationToken cancellationToken)
    {
        var status = report.Status;
        using var text = new StringWriter();
        var csv = new RefusedRowsCsv(text, status.Header, status.Delimiter);
        await foreach (var row in RowsAsync(report, cancellationToken))
        {
            csv.Write(row);
            if (text.GetStringBuilder().Length >= Chunk) await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            await destination.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            text.GetStringBuilder().Clear();
        }
    }

    /// <summary>Rows with their text as they were refused, and between them, by number, those whose text is found again.</summary>
    private async IAsyncEnumerable<RefusedRow> RowsAsync(FeedReport report, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var textless = await TextlessAsync(report, cancellationToken);
        await using var original = textless.Count > 0 && report.Status.Header.Length > 0
            ? await archive.OpenReadAsync(FeedIntake.OriginalPath(report.Status.Id), cancellationToken)
            : null;
        using var found = (await TextsAsync(report.Status, original, textless, cancellationToken)).GetEnumerator();
        var at = 0;
        var isAtText = found.MoveNext();
        await foreach (var row in ReadAsync(report.Status.Id, null, cancellationToken))
        {
            if (row.RawText.Length == 0) continue;
            while (at < textless.Count && textless[at].RowNumber < row.RowNumber) yield return Found();
            yield return row;
        }
        while (at < textless.Count) yield return Found();

        RefusedRow Found()
        {
            var (number, reason, field) = textless[at++];
            while (isAtText && found.Current.Line < number) isAtText = found.MoveNext();
            return new RefusedRow(number, reason, field, isAtText && found.Current.Line == number ? found.Current.Text : "");
        }
    }

    /// <summary>What is known of rows without a text, in order of their numbers.</summary>
    private async Task<List<(int RowNumber, RefusalReason Reason, string Field)>> TextlessAsync(FeedReport report, CancellationToken cancellationToken)
    {
        var rows = new List<(int RowNumber, RefusalReason Reason, string Field)>();
        var fields = new Dictionary<string, string>();
        var refusing = report.Results.Where(r => r.UnknownStudents + r.UnknownSchool > 0).Select(r => (r.School, r.EndYear)).ToHashSet();
        var of = refusing.Count == 0 ? [] : await feeds.BatchesAsync(report.Status.Id, cancellationToken);
        var batches = of.Where(b => refusing.Contains((b.School, b.EndYear))).Select(b => (int?)b.Number);
        foreach (var batch in batches.Prepend(null))
            await foreach (var row in ReadAsync(report.Status.Id, batch, cancellationToken))
            {
                if (row.RawText.Length > 0) continue;
                if (!fields.TryGetValue(row.Field, out var field)) fields[row.Field] = field = row.Field;
                rows.Add((row.RowNumber, row.Reason, field));
            }
        rows.Sort((left, right) => left.RowNumber.CompareTo(right.RowNumber));
        return rows;
    }

    private async Task<IEnumerable<(int Line, string Text)>> TextsAsync(
        FeedStatus status, Stream? original, List<(int RowNumber, RefusalReason Reason, string Field)> wanted, CancellationToken cancellationToken) =>
        original is not null && AttendanceFileReader.OptionsOf(status.Request, await formats.ReadAsync(cancellationToken), null, out _) is { } options
            ? CsvRowPicker.Pick(original, options, wanted.Select(w => w.RowNumber), cancellationToken)
            : [];

    private async IAsyncEnumerable<RefusedRow> ReadAsync(
        FeedId id, int? batch, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await archive.OpenReadAsync(RefusalFile.PathOf(id, batch), cancellationToken) is not { } file) yield break;
        await using (file)
            await foreach (var row in RefusalFile.ReadAsync(file, cancellationToken)) yield return row;
    }
}
