using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests;

/// <summary>The app as the Local host composes it, in a folder of its own, on a day of the test's.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly ServiceProvider services;

    public LocalApp(DateOnly today)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(new DemoClock(new DateTimeOffset(today, new TimeOnly(12, 0), TimeSpan.Zero)));
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        collection.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        LocalServices.Add(collection, new LocalOptions(folder.Path, DistrictId.Parse("test")));
        services = collection.BuildServiceProvider();
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Sends a file in and works the queues until nothing is left to do.</summary>
    public async Task<FeedReport> SendAsync(string content, FeedRequest request)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        return await SendAsync(stream, request);
    }

    public async Task<FeedReport> SendAsync(Stream content, FeedRequest request)
    {
        var result = await Get<FeedIntake>().ReceiveAsync(content, request, long.MaxValue, null, CancellationToken.None);
        var id = Assert.IsType<IntakeResult.Accepted>(result).Status.Id;
        await WorkAsync();
        return (await Get<FeedStore>().ReportAsync(id, CancellationToken.None))!;
    }

    public async Task WorkAsync() => await Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Dispose();
    }
}
