using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing.Azurite;

namespace SchoolSignal.Functions.Tests;

/// <summary>One switch for the whole program: with SCHOOLSIGNAL_TEST_STORE=azurite every app of the tests keeps its rows and files in
/// the storage emulator in place of SQLite and a folder. The queue stays embedded.</summary>
internal static class StoreSwitch
{
    public const string Variable = "SCHOOLSIGNAL_TEST_STORE";

    // Tells the processes that a test starts where the emulator is that runs already.
    private const string Running = "SCHOOLSIGNAL_TEST_AZURITE";

    /// <summary>Starts the emulator if it is wanted and does not run yet.</summary>
    public static async Task<IAsyncDisposable?> StartAsync(string[] args)
    {
        if (Environment.GetEnvironmentVariable(Variable) != "azurite" || Environment.GetEnvironmentVariable(Running) is { Length: > 0 }) return null;
        if (args is ["--list-tests", ..]) return null;
        var server = await AzuriteServer.StartAsync(CancellationToken.None) ?? throw new InvalidOperationException(SharedAzurite.WhySkipped);
        Environment.SetEnvironmentVariable(Running, server.ConnectionString);
        return server;
    }

    /// <summary>The options as they are, or with an account in the emulator: the same one for the same data folder.</summary>
    public static LocalOptions OnTestStore(this LocalOptions options) =>
        Account is { } account ? options.On(account, options.DataFolder) : options;

    /// <summary>The store below what a test puts before it.</summary>
    public static ITableStore StoreOf(IServiceProvider services) =>
        services.GetService<AzureTableStore>() ?? (ITableStore)services.GetRequiredService<SqliteTableStore>();

    /// <summary>What a command works with, opened by a test.</summary>
    public static ServiceProvider Open(string dataFolder)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        LocalServices.Add(services, new LocalOptions(dataFolder, DistrictId.Parse("test")) { Configuration = ConfigurationOf(dataFolder) });
        return services.BuildServiceProvider();
    }

    /// <summary>True where the rows lie in the emulator: one process of Node.js, not a measure of speed.</summary>
    public static bool IsEmulator => Account is not null;

    /// <summary>What a command of the data folder is told of its store.</summary>
    public static IConfiguration ConfigurationOf(string dataFolder)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables();
        return (Account is { } account ? configuration.AddInMemoryCollection(SettingsOf(account, dataFolder)) : configuration).Build();
    }

    /// <summary>Every row of the data folder's, read past the store: table, partition, key, body. Null where they are in its database.</summary>
    public static IReadOnlyList<(string Table, string Partition, string Key, byte[] Body)>? RowsInEmulator(string dataFolder)
    {
        if (Account is not { } account) return null;
        var (service, prefix) = (new TableServiceClient(account.ConnectionString), $"t{HashOf(dataFolder)}");
        return
        [
            .. from table in service.Query()
               where table.Name.StartsWith(prefix, StringComparison.Ordinal)
               from row in service.GetTableClient(table.Name).Query<TableEntity>()
               select (table.Name[prefix.Length..], row.PartitionKey, row.RowKey, row.GetBinary("Body")),
        ];
    }

    /// <summary>Puts what the emulator holds of the archive where the tests look for files; a folder's archive is there already.</summary>
    public static async Task ShowArchiveAsync(string dataFolder)
    {
        if (Account is not { } account) return;
        var archive = Path.Combine(dataFolder, "archive");
        if (Directory.Exists(archive)) Directory.Delete(archive, recursive: true);
        Directory.CreateDirectory(archive);
        var container = new BlobContainerClient(account.ConnectionString, $"c{HashOf(dataFolder)}");
        await foreach (var blob in container.GetBlobsAsync())
        {
            var file = Path.Combine(archive, blob.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await container.GetBlobClient(blob.Name).DownloadToAsync(file);
        }
    }

    private static StorageOptions? Account =>
        Environment.GetEnvironmentVariable(Running) is { Length: > 0 } connection ? new StorageOptions { ConnectionString = connection } : null;

    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(name))))[..16];

    private static KeyValuePair<string, string?>[] SettingsOf(StorageOptions account, string name) =>
    [
        new($"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}", account.ConnectionString),
        new($"{StorageOptions.Section}:{nameof(StorageOptions.TablePrefix)}", $"t{HashOf(name)}"),
        new($"{StorageOptions.Section}:{nameof(StorageOptions.Container)}", $"c{HashOf(name)}"),
        new($"{StorageOptions.Section}:{nameof(StorageOptions.Create)}", "true"),
    ];

    /// <summary>With tables and a container of the name's own.</summary>
    public static LocalOptions On(this LocalOptions options, StorageOptions account, string name) => options with
    {
        Configuration = new ConfigurationBuilder().AddConfiguration(options.Configuration).AddInMemoryCollection(SettingsOf(account, name)).Build(),
    };
}
