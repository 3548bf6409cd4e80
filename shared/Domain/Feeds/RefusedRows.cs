using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's refused rows as a file to mend and send again: the rows as they were sent, after a first column that
/// says why.</summary>
public sealed class RefusedRows(IFileArchive archive)
{
    public async Task WriteAsync(FeedReport report, Stream destination, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteLineAsync("refusedBecause");
        if (await archive.OpenReadAsync(RefusalFile.PathOf(report.Status.Id), cancellationToken) is not { } file) return;
        await using (file)
            await foreach (var row in RefusalFile.ReadAsync(file, cancellationToken))
                await writer.WriteLineAsync($"{row.Reason}");
    }
}
