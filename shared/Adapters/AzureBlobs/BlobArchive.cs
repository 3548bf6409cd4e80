using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureBlobs;

/// <summary>The archive as a container of Blob Storage. A file is sent in blocks while it is written and becomes visible, whole,
/// with the list of them; blocks of a file given up are dropped by the service after a week.</summary>
/// <remarks>The SDK repeats what the service was too busy for: sending a block again, or the list, does the same thing once more.
/// Of two writers of one path who send blocks at the same time, the one who completes first wins, and the other's completion
/// fails; a file of one block is never lost that way.</remarks>
public sealed class BlobArchive(BlobContainerClient container, StorageOptions options) : IFileArchive
{
    /// <summary>Bytes that are read with the opening of a file, and at a time after it.</summary>
    private const int ReadBytes = 1024 * 1024;

    private readonly Lazy<Task> made = new(async () =>
    {
        if (options.Create) await container.CreateIfNotExistsAsync().ConfigureAwait(false);
    });

    public async ValueTask<ArchiveWrite> CreateAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var blob = container.GetBlockBlobClient(NameOf(path));
        await made.Value.ConfigureAwait(false);
        return new BlobWrite(blob);
    }

    public async ValueTask<Stream?> OpenReadAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        var blob = container.GetBlockBlobClient(NameOf(path));
        await made.Value.ConfigureAwait(false);
        try
        {
            BlobDownloadResult first = await FirstAsync(blob, cancellationToken).ConfigureAwait(false);
            var start = first.Content.ToMemory();
            if (LengthOf(first) is not { } length || length <= start.Length) return new MemoryStream(start.ToArray(), writable: false);
            // Whoever reads on reads the file that was opened, or fails: never a part of each.
            return await blob.OpenReadAsync(
                new BlobOpenReadOptions(allowModifications: false) { BufferSize = ReadBytes, Conditions = new BlobRequestConditions { IfMatch = first.Details.ETag } },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException missing) when (missing.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async ValueTask<bool> DeleteAsync(ArchivePath path, CancellationToken cancellationToken)
    {
        var blob = container.GetBlockBlobClient(NameOf(path));
        await made.Value.ConfigureAwait(false);
        return await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ArchivePath> ListAsync(ArchivePath prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await made.Value.ConfigureAwait(false);
        var name = prefix.Value ?? "";
        if (name.Length > 0 && await container.GetBlockBlobClient(name).ExistsAsync(cancellationToken).ConfigureAwait(false)) yield return prefix;
        var under = name.Length > 0 ? name + "/" : null;
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = under }, cancellationToken).ConfigureAwait(false))
            yield return ArchivePath.Of(blob.Name.Split('/'));
    }

    private static string NameOf(ArchivePath path) =>
        path.Value is { Length: > 0 } name ? name : throw new ArgumentException("The path of a file has at least one part.", nameof(path));

    private static async ValueTask<BlobDownloadResult> FirstAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(0, ReadBytes) }, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException empty) when (empty.Status == (int)HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // An empty file has no range to ask for.
            return await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Of the whole file: what stands behind the '/' of "bytes 0-1048575/9000000".</summary>
    private static long? LengthOf(BlobDownloadResult result) =>
        result.Details.ContentRange is { } range && long.TryParse(range.AsSpan(range.LastIndexOf('/') + 1), System.Globalization.CultureInfo.InvariantCulture, out var length)
            ? length : null;
}
