using Cronos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Runs the timer functions on their schedules, in UTC as the Functions host does. A timer never overlaps itself.
/// A monitored one remembers its last run, and makes up once for runs missed while the host was down.</summary>
internal sealed partial class TimerRunner(
    FunctionCatalogue catalogue, FunctionInvoker invoker, TimerMemory memory, TimeProvider clock,
    IConfiguration configuration, ILogger<TimerRunner> log) : BackgroundService
{
    // A delay may not be longer than some 49 days, and a clock may be set: look again at least this often.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        from function in catalogue.Functions
        let timer = function.Trigger as TriggerBinding.Timer
        where timer is not null
        let schedule = CronExpression.Parse(FunctionSettings.Resolve(timer.Setting, configuration), CronFormat.IncludeSeconds)
        select RunAsync(function, timer, schedule, stoppingToken));

    private async Task RunAsync(FunctionBinding function, TriggerBinding.Timer timer, CronExpression schedule, CancellationToken stopping)
    {
        try
        {
            var last = timer.UseMonitor ? await memory.LastRunAsync(function.Name, stopping) : null;
            if (last is null && timer.UseMonitor) await memory.RememberAsync(function.Name, clock.GetUtcNow(), stopping);
            if (timer.RunOnStartup) last = await RunOnceAsync(function, timer, schedule, last, clock.GetUtcNow(), stopping);

            var from = last ?? clock.GetUtcNow();
            while (schedule.GetNextOccurrence(from, TimeZoneInfo.Utc) is { } due)
            {
                await WaitUntilAsync(due, stopping);
                from = await RunOnceAsync(function, timer, schedule, last, due, stopping);
                last = from;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>The time of the run: however many were missed before it, the next is looked for after it.</summary>
    private async Task<DateTimeOffset> RunOnceAsync(
        FunctionBinding function, TriggerBinding.Timer timer, CronExpression schedule, DateTimeOffset? last, DateTimeOffset due, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var info = new TimerInfo
        {
            IsPastDue = schedule.GetNextOccurrence(due, TimeZoneInfo.Utc) <= now,
            ScheduleStatus = new ScheduleStatus
            {
                Last = last?.UtcDateTime ?? default,
                Next = schedule.GetNextOccurrence(now, TimeZoneInfo.Utc)?.UtcDateTime ?? default,
                LastUpdated = last?.UtcDateTime ?? default,
            },
        };
        try
        {
            await invoker.InvokeAsync(function, parameter => parameter.ParameterType == typeof(TimerInfo) ? info : stopping);
            // Only a run that came to its end is remembered: one cut off by a crash is made up for.
            if (timer.UseMonitor) await memory.RememberAsync(function.Name, now, stopping);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Failed(function.Name, exception.GetType().FullName, exception.StackTrace);
        }
        return now;
    }

    private async Task WaitUntilAsync(DateTimeOffset due, CancellationToken stopping)
    {
        while (due - clock.GetUtcNow() is { Ticks: > 0 } left)
            await Task.Delay(left < LongestWait ? left : LongestWait, clock, stopping);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer {Function} failed and runs again at its next time: {Type}\n{Trace}")]
    private partial void Failed(string function, string? type, string? trace);
}
