namespace SchoolSignal.Testing.Azurite;

/// <summary>One emulator for a whole run of tests, started by the first test that wants it.</summary>
public sealed class SharedAzurite : IAsyncDisposable
{
    public const string WhySkipped = "Node.js is not on the path: the storage emulator (Azurite) cannot run.";

    private readonly Lazy<Task<AzuriteServer?>> server = new(() => AzuriteServer.StartAsync(CancellationToken.None));

    /// <summary>Null without Node.js on the path.</summary>
    /// <exception cref="InvalidOperationException">Without Node.js where CI=true: there every test must run.</exception>
    public async Task<AzuriteServer?> FindAsync()
    {
        if (await server.Value is { } running) return running;
        return Environment.GetEnvironmentVariable("CI") == "true" ? throw new InvalidOperationException(WhySkipped) : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && await server.Value is { } running) await running.DisposeAsync();
    }
}
