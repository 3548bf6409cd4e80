using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureBlobs;

/// <summary>The drop container of the storage account and, where there is one, of the account that takes files by SFTP. What an event says
/// of an address is not followed: a file is looked for in these containers alone.</summary>
/// <param name="containers">By the account's name.</param>
public sealed class BlobDrop(IReadOnlyDictionary<string, BlobContainerClient> containers) : IFileDrop
{
    public async ValueTask<Stream?> OpenAsync(DroppedFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await BlobOf(file).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { Conditions = Only(file) }, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException gone) when (gone.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.PreconditionFailed)
        {
            return null;
        }
    }

    public async ValueTask RemoveAsync(DroppedFile file, CancellationToken cancellationToken)
    {
        try
        {
            await BlobOf(file).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, Only(file), cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException replaced) when (replaced.Status == (int)HttpStatusCode.PreconditionFailed)
        {
            // The newer one has an event of its own.
        }
    }

    private BlobClient BlobOf(DroppedFile file) => containers.TryGetValue(file.Account, out var container)
        ? container.GetBlobClient(file.Name)
        : throw new InvalidOperationException("A file was dropped in a storage account that is not this app's.");

    private static BlobRequestConditions Only(DroppedFile file) => new() { IfMatch = new Azure.ETag($"\"{file.Version.Trim('"')}\"") };
}
