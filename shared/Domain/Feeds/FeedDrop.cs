using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Takes in files that were put down in the drop container.</summary>
public sealed class FeedDrop(FeedIntake intake, IFileDrop? drop = null)
{
    /// <summary>Inclusive, in bytes: 4 GB.</summary>
    public const long LargestFile = 4L * 1024 * 1024 * 1024;

    /// <summary>Takes the file in under an id that follows from it: an event that comes again finds it done.</summary>
    /// <returns>What became of it; null if the file is gone or was replaced.</returns>
    /// <exception cref="InvalidOperationException">This host has no drop container.</exception>
    public async Task<IntakeResult?> TakeInAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (drop is null) throw new InvalidOperationException("A file was dropped, and this host has no drop container.");
        var (feed, content, file) = DropEvent.Parse(envelope);
        await using var stream = await drop.OpenAsync(file, cancellationToken);
        if (stream is null) return null;
        var request = new FeedRequest(content, FileName: file.Name[(file.Name.LastIndexOf('/') + 1)..]) { SentBy = Authority.System("file-drop") };
        var taken = await intake.ReceiveAsync(feed, stream, request, LargestFile, null, cancellationToken);
        // What was refused stays where its sender can see it, until the container's own rule takes it away.
        if (taken is IntakeResult.Accepted) await drop.RemoveAsync(file, cancellationToken);
        return taken;
    }
}
