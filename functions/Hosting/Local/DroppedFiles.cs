using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure.Files;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Files that were taken from the watched folder and lie in <c>drop/done</c>, with their reports: copies of what the archive
/// keeps.</summary>
internal sealed class DroppedFiles(LocalOptions options, FeedStore feeds, IFileArchive archive, DistrictSettingsStore settings, TimeProvider time)
{
    private string Done => Path.Combine(options.DataFolder, "drop", "done");

    /// <summary>Removes the copies of feeds that pupils were taken out of, or that named somebody erased before; and those of feeds whose
    /// own files have been kept long enough. The archive's files have their own rules.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Done)) return;
        var oldest = time.GetUtcNow().AddDays(-(await settings.ReadAsync(cancellationToken)).Settings.Retention.FeedFileDays);
        foreach (var copies in new DirectoryInfo(Done).GetFiles().GroupBy(file => file.Name.Length > FeedId.Length && FeedId.TryParse(file.Name[..FeedId.Length], out var id) ? id : (FeedId?)null))
        {
            if (copies.Key is not { } feed || !await IsOverAsync(feed, oldest, cancellationToken)) continue;
            foreach (var file in copies) file.Delete();
        }
    }

    /// <summary>A feed refused at once is in no list: its copy goes by its own age.</summary>
    private async Task<bool> IsOverAsync(FeedId feed, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        if (await feeds.ReportAsync(feed, cancellationToken) is not { } report) return IsBefore(feed, oldest);
        if (!report.Status.IsFinal) return false;
        if (report.Erased > 0 || report.Status.ArrivedAt < oldest) return true;
        if (await archive.OpenReadAsync(ArchiveErasure.NotePath(feed), cancellationToken) is not { } note) return false;
        await note.DisposeAsync();
        return true;
    }

    private static bool IsBefore(FeedId feed, DateTimeOffset oldest) =>
        string.CompareOrdinal(feed.Month, oldest.UtcDateTime.ToString("yyyyMM", System.Globalization.CultureInfo.InvariantCulture)) < 0;
}
