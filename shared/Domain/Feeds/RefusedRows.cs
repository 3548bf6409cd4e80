using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Feeds.Csv;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's refused rows as a file to mend and send again: the rows as they were sent, after a first column that
/// says why.</summary>
public sealed class RefusedRows(IFileArchive archive)
{
    public async Task WriteAsync(FeedReport report, Stream destination, CancellationToken cancellationToken)
    {
        throw new InvalidOperationException();
    }
}
