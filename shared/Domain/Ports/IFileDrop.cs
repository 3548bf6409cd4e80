namespace SchoolSignal.Domain.Ports;

/// <summary>A file that a sender has put down, as the storage service told of it.</summary>
/// <param name="Account">The storage account's name.</param>
/// <param name="Name">Below the drop, its folder first. As the sender chose it: it may hold a person's name and is never logged or shown.</param>
/// <param name="Version">Of its content.</param>
public sealed record DroppedFile(string Account, string Name, string Version);

/// <summary>Where senders who cannot call the API put their files down.</summary>
public interface IFileDrop
{
    /// <summary>The file in that version; null if it is gone or was replaced, of which the service tells anew.</summary>
    ValueTask<Stream?> OpenAsync(DroppedFile file, CancellationToken cancellationToken);

    /// <summary>Takes the file away once it is in the archive, unless it was replaced meanwhile.</summary>
    ValueTask RemoveAsync(DroppedFile file, CancellationToken cancellationToken);
}
