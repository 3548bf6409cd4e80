using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Functions.Tests.Local;

/// <summary>What the fake functions of a test did, and what they are told to do.</summary>
public sealed class Recorder
{
    public ConcurrentQueue<string> Seen { get; } = [];

    /// <summary>Called by a fake function with its message.</summary>
    public Func<string, CancellationToken, Task> Do { get; set; } = (_, _) => Task.CompletedTask;

    public int CountOf(string what) => Seen.Count(s => s == what);

    public async Task HandleAsync(string what, CancellationToken cancellationToken)
    {
        Seen.Enqueue(what);
        await Do(what, cancellationToken);
    }
}

/// <summary>Small helpers of the host's tests.</summary>
internal static class Harness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits in real time until it holds; fails after half a minute.</summary>
    public static Task UntilAsync(Func<bool> holds, Action? meanwhile = null) => UntilAsync(() => Task.FromResult(holds()), meanwhile);

    public static async Task UntilAsync(Func<Task<bool>> holds, Action? meanwhile = null)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < Patience, "It did not come to pass in time.");
            meanwhile?.Invoke();
            await Task.Delay(2);
        }
    }

    public static FunctionInvoker Invoker(Recorder recorder, params Type[] classes)
    {
        var services = new ServiceCollection().AddSingleton(recorder);
        foreach (var type in classes) services.AddScoped(type);
        return new FunctionInvoker(services.BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
    }

    public static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    public static ILogger<T> Quiet<T>() => NullLogger<T>.Instance;

    public static FunctionCatalogue CatalogueOf(params Type[] classes) => FunctionCatalogue.Of(classes);
}
