using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Adapters.Sqlite;
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
        Environment.GetEnvironmentVariable(Running) is { Length: > 0 } connection
            ? options.On(new StorageOptions { ConnectionString = connection }, options.DataFolder)
            : options;

    /// <summary>The store below what a test puts before it.</summary>
    public static ITableStore StoreOf(IServiceProvider services) =>
        services.GetService<AzureTableStore>() ?? (ITableStore)services.GetRequiredService<SqliteTableStore>();

    /// <summary>With tables and a container of the name's own.</summary>
    public static LocalOptions On(this LocalOptions options, StorageOptions account, string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(name))))[..16];
        return options with
        {
            Configuration = new ConfigurationBuilder()
                .AddConfiguration(options.Configuration)
                .AddInMemoryCollection(
                [
                    new($"{StorageOptions.Section}:{nameof(StorageOptions.ConnectionString)}", account.ConnectionString),
                    new($"{StorageOptions.Section}:{nameof(StorageOptions.TablePrefix)}", $"t{hash}"),
                    new($"{StorageOptions.Section}:{nameof(StorageOptions.Container)}", $"c{hash}"),
                    new($"{StorageOptions.Section}:{nameof(StorageOptions.Create)}", "true"),
                ])
                .Build(),
        };
    }
}
