using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Feeds the queue functions from the embedded queue: returned = completed, thrown = handed back with a growing
/// delay, and given up by the queue after <see cref="SqliteMessageQueue.MaxDeliveries"/>. Several pumps, of several
/// processes, may run on the same data: a message is on loan to one.</summary>
internal sealed partial class QueuePump(
    FunctionCatalogue catalogue, FunctionInvoker invoker, SqliteMessageQueue queue, LocalOptions options,
    TimeProvider clock, IConfiguration configuration, ILogger<QueuePump> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<(FunctionBinding Function, QueueName Queue)> pumped =
    [
        .. from function in catalogue.Functions
           let trigger = function.Trigger as TriggerBinding.Queue
           where trigger is not null
           select (function, QueueName.Parse(FunctionSettings.Resolve(trigger.Setting, configuration))),
    ];

    /// <summary>How long the nth delivery's failure waits for the next: 1 s, 2 s, 4 s, ... at most 5 minutes.</summary>
    public static TimeSpan DelayAfter(int delivery)
    {
        var delay = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(delivery, 16) - 1));
        return delay < LongestDelay ? delay : LongestDelay;
    }

    /// <summary>Works all queues until told to stop, then waits for what is in work, at the longest
    /// <see cref="LocalOptions.DrainTime"/>; what is not done by then is cancelled and handed back.</summary>
    public Task RunAsync(CancellationToken stopping) => RunAsync(pumped, stopping);

    private async Task RunAsync(IEnumerable<(FunctionBinding Function, QueueName Queue)> queues, CancellationToken stopping)
    {
        using var cut = new CancellationTokenSource();
        await using var drain = stopping.Register(() => cut.CancelAfter(options.DrainTime));
        await Task.WhenAll(queues.Select(p => PumpAsync(p.Function, p.Queue, stopping, cut.Token)));
    }

    /// <summary>Works the queues until <paramref name="isDone"/> says so, or until nothing is left, work to be tried again later
    /// included. Routine notifications, which keep to a rate and to quiet hours, are left to a host that stays.</summary>
    /// <returns>What <paramref name="isDone"/> said last.</returns>
    public async Task<bool> RunUntilAsync(Func<CancellationToken, ValueTask<bool>> isDone, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(pumped.Where(p => p.Queue != QueueName.Notifications), stop.Token);
        try
        {
            // A message that moves on from a queue not yet looked at to one already looked at would be missed by one look.
            for (var idle = 0; !await isDone(cancellationToken); idle = IsIdle() ? idle + 1 : 0)
            {
                if (idle == 2) return false;
                await Task.Delay(Glance, clock, cancellationToken);
            }
            return true;
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    /// <summary>A concern's next round, a quarter of an hour away, is nothing to wait for.</summary>
    private bool IsIdle() => pumped.Where(p => p.Queue != QueueName.Notifications)
        .All(p => queue.Count(p.Queue) is { Active: 0, Scheduled: var later } && (later == 0 || p.Queue == QueueName.Urgent));

    private async Task PumpAsync(FunctionBinding function, QueueName name, CancellationToken stopping, CancellationToken cut)
    {
        using var slots = new SemaphoreSlim(options.MessagesAtOnce);
        try
        {
            while (true)
            {
                // Only this loop takes slots: once one is free it stays so until taken below.
                await slots.WaitAsync(stopping);
                slots.Release();
                foreach (var message in await ReceiveAsync(name, slots.CurrentCount, stopping))
                {
                    await slots.WaitAsync(CancellationToken.None);
                    _ = HandleAsync(function, message, slots, cut);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop: what is in work is waited for below.
        }
        for (var i = 0; i < options.MessagesAtOnce; i++) await slots.WaitAsync(CancellationToken.None);
    }

    private async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(QueueName name, int max, CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                // Not cancelled half-way: a message lent is a message handled.
                var messages = await queue.ReceiveAsync(name, max, options.Loan, CancellationToken.None);
                if (messages.Count > 0) return messages;
                await queue.WaitAsync(name, LongestWait, stopping);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A full disk, a locked file: the pump outlives it.
                NotSettled(name.Value, exception.GetType().FullName, exception.StackTrace);
                await Task.Delay(AfterFault, clock, stopping);
            }
        }
    }

    private async Task HandleAsync(FunctionBinding function, ReceivedMessage message, SemaphoreSlim slots, CancellationToken cut)
    {
        // The loop goes on receiving while this runs.
        await Task.Yield();
        try
        {
            using var done = new CancellationTokenSource();
            var renewing = RenewAsync(message, done.Token);
            try
            {
                await invoker.InvokeAsync(function, parameter => parameter.ParameterType == typeof(string) ? message.Body : cut);
                await queue.CompleteAsync(message, CancellationToken.None);
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested)
            {
                // Cut off by the stop, not failed: due at once for whoever comes next.
                await queue.AbandonAsync(message, TimeSpan.Zero, CancellationToken.None);
            }
            catch (Exception exception)
            {
                Failed(function.Name, RunOf(message), message.DeliveryCount, exception.GetType().FullName, exception.StackTrace);
                await queue.AbandonAsync(message, DelayAfter(message.DeliveryCount), CancellationToken.None);
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }
        catch (Exception exception)
        {
            // The queue itself is out of reach: the loan runs out and the message comes again.
            NotSettled(function.Name, exception.GetType().FullName, exception.StackTrace);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task RenewAsync(ReceivedMessage message, CancellationToken done)
    {
        try
        {
            // A third of the loan leaves room for a renewal that comes late.
            do await Task.Delay(options.Loan / 3, clock, done);
            while (await queue.RenewAsync(message, options.Loan, done));
            LoanLost(message.Queue.Value, message.DeliveryCount);
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work is done.
        }
        catch (Exception exception)
        {
            NotSettled(message.Queue.Value, exception.GetType().FullName, exception.StackTrace);
        }
    }

    /// <summary>The kind of work, for the log. A key may name a pupil; a kind does not.</summary>
    private static string RunOf(ReceivedMessage message)
    {
        try
        {
            return Envelope.Parse(message.Body).Kind;
        }
        catch (FormatException)
        {
            return "no envelope";
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} failed on {Kind}, delivery {Delivery}: {Type}\n{Trace}")]
    private partial void Failed(string function, string kind, int delivery, string? type, string? trace);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Place} could not reach the queue and goes on: {Type}\n{Trace}")]
    private partial void NotSettled(string place, string? type, string? trace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of {Queue}, delivery {Delivery}, took longer than its loan; it may come again")]
    private partial void LoanLost(string queue, int delivery);
}
