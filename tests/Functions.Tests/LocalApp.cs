using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests;

/// <summary>The app as the Local host composes it, in a folder of its own, on a day of the test's.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    private readonly TempFolder? folder;
    private readonly ServiceProvider services;

    /// <param name="clock">A clock of the test's, which then also makes work fail on purpose: it is not logged; null is one
    /// that runs from noon of the day.</param>
    /// <param name="data">A folder that outlives the app; null is one of its own.</param>
    /// <param name="configure">Registers more, or replaces.</param>
    /// <param name="loan">Of a message, where the clock runs fast.</param>
    /// <param name="on">Puts it on another store than the tests' usual one.</param>
    public LocalApp(
        DateOnly today, TimeProvider? clock = null, string? data = null, Action<IServiceCollection>? configure = null, TimeSpan? loan = null,
        Func<LocalOptions, LocalOptions>? on = null)
    {
        if (data is null) data = (folder = new TempFolder()).Path;
        var collection = new ServiceCollection();
        collection.AddSingleton(clock ?? new DemoClock(new DateTimeOffset(today, new TimeOnly(12, 0), TimeSpan.Zero)));
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        collection.AddLogging(log => log.SetMinimumLevel(clock is null ? LogLevel.Warning : LogLevel.Critical).AddSimpleConsole());
        var options = new LocalOptions(data, DistrictId.Parse("test")) { Loan = loan ?? TimeSpan.FromSeconds(60) };
        LocalServices.Add(collection, on is null ? options.OnTestStore() : on(options));
        configure?.Invoke(collection);
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

    /// <summary>Works the queues by hand on a clock that stands still: when nothing is due, it is set on to what is next.</summary>
    /// <param name="until">Where the clock stops; without it, when nothing is left but the next round of a concern.</param>
    public async Task WorkAsync(FakeTimeProvider clock, DateTimeOffset? until = null)
    {
        var queue = Get<SqliteMessageQueue>();
        while (true)
        {
            var worked = 0;
            foreach (var name in QueueName.All)
            {
                foreach (var message in await queue.ReceiveAsync(name, name == QueueName.Notifications ? 1 : 10, TimeSpan.FromMinutes(1), CancellationToken.None))
                {
                    await WithClockAsync(RunAsync(name, message.Body), clock);
                    await queue.CompleteAsync(message, CancellationToken.None);
                    worked++;
                }
            }
            if (worked > 0) continue;
            if (until is { } end ? clock.GetUtcNow() >= end : QueueName.All.Where(name => name != QueueName.Urgent).Sum(name => queue.Count(name).Scheduled) == 0) return;
            clock.Advance(TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Work that waits on the clock, for a mailbox's rate, would wait for ever on one that stands still.</summary>
    private static async Task WithClockAsync(Task work, FakeTimeProvider clock)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(200))) != work) clock.Advance(TimeSpan.FromSeconds(1));
        await work;
    }

    /// <summary>Runs the function of a queue with a message.</summary>
    public async Task RunAsync(QueueName queue, string message)
    {
        await using var scope = services.CreateAsyncScope();
        var function = Get<FunctionCatalogue>().Functions.Single(f => f.Trigger is TriggerBinding.Queue { Setting: var setting }
            && setting == $"%{FunctionSettings.SettingOf(queue)}%");
        await (Task)function.Method.Invoke(scope.ServiceProvider.GetRequiredService(function.Class), [message, CancellationToken.None])!;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder?.Dispose();
    }
}
