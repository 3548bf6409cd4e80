using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureBlobs;

/// <summary>Registers Blob Storage as the archive, and as the place where files are dropped.</summary>
public static class AzureBlobServices
{
    /// <param name="credential">Null is this app's identity.</param>
    /// <exception cref="ArgumentException">The options are wrong; all that is wrong stands in the message.</exception>
    public static IServiceCollection AddAzureBlobs(this IServiceCollection services, StorageOptions options, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return services.AddSingleton<IFileArchive>(_ => new BlobArchive(Client(options, credential).GetBlobContainerClient(options.Container), options));
    }

    /// <summary>Registers the drop containers: the storage account's own, and that of the SFTP account if there is one.</summary>
    /// <param name="credential">Null is this app's identity.</param>
    public static IServiceCollection AddBlobDrop(this IServiceCollection services, StorageOptions options, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return services.AddSingleton<IFileDrop>(_ =>
        {
            var accounts = new List<BlobServiceClient> { Client(options, credential) };
            if (options.SftpEndpoint is { } sftp) accounts.Add(Client(new StorageOptions { BlobEndpoint = sftp, Timeout = options.Timeout }, credential));
            return new BlobDrop(accounts.ToDictionary(account => account.AccountName, account => account.GetBlobContainerClient(options.DropContainer)));
        });
    }

    /// <param name="configure">The transport and policies of a test.</param>
    internal static BlobServiceClient Client(StorageOptions options, TokenCredential? credential = null, Action<BlobClientOptions>? configure = null)
    {
        // Every call of the archive does the same thing when it is repeated: the SDK may.
        var client = new BlobClientOptions { Retry = { MaxRetries = 5, NetworkTimeout = options.Timeout } };
        configure?.Invoke(client);
        return options.ConnectionString.Length > 0
            ? new BlobServiceClient(options.ConnectionString, client)
            : new BlobServiceClient(options.BlobEndpoint!, credential ?? StorageOptions.Identity(), client);
    }
}
