using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Files that were taken from the watched folder and lie in <c>drop/done</c>: copies of what the archive keeps.</summary>
internal sealed class DroppedFiles(LocalOptions options)
{
    private string Done => Path.Combine(options.DataFolder, "drop", "done");

    /// <summary>Removes the copies of feeds that pupils were taken out of; the archive's own files stay, without them.</summary>
    /// <param name="feeds">Ids of those feeds.</param>
    public void RemoveErased(IReadOnlySet<string> feeds)
    {
        if (!Directory.Exists(Done)) return;
        foreach (var file in new DirectoryInfo(Done).GetFiles())
            if (file.Name.Length >= FeedId.Length && FeedId.TryParse(file.Name[..FeedId.Length], out var id) && feeds.Contains(id.Value)) file.Delete();
    }
}
