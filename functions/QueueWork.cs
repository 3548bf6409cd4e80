using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Functions;

/// <summary>A function's part in <see cref="QueueWork"/>.</summary>
/// <param name="GivenUp">What else the last failure means, after the failure is kept; repeatable. Null if nothing.</param>
public sealed record QueueTask(QueueName Queue, string Function, Func<Envelope, CancellationToken, Task> Work)
{
    public Func<Envelope, CancellationToken, Task>? GivenUp { get; init; }
}

/// <summary>Runs a queue message's work and counts its attempts in the envelope: a failed attempt sends the next, later each
/// time, and is itself completed; the last one leaves a failure to be replayed. Only where that cannot be written does the
/// exception leave, and the queue delivers again.</summary>
public sealed partial class QueueWork(IMessageSender sender, FailureStore failures, TimeProvider time, ILogger<QueueWork> log)
{
    /// <summary>Inclusive: the tenth failure is the last.</summary>
    public const int MaxAttempts = 10;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    public async Task RunAsync(string message, QueueTask task, CancellationToken cancellationToken)
    {
        Envelope envelope;
        try
        {
            envelope = Envelope.Parse(message);
        }
        catch (FormatException malformed)
        {
            GaveUp(task.Function, "no envelope", 1, Failure.ReasonOf(malformed), malformed.StackTrace);
            await failures.AddAsync(Failure.OfNoEnvelope(task.Queue, message, Failure.ReasonOf(malformed), 1, time.GetUtcNow()), cancellationToken);
            return;
        }
        using var activity = WorkTrace.Begin(task.Function, envelope.Kind, envelope.Trace, envelope.Since);
        var started = time.GetTimestamp();
        var outcome = "done";
        try
        {
            await task.Work(envelope, cancellationToken);
            // By the activities' own clock: the app's may stand still, or be a demonstration's.
            if (activity is not null && envelope.Since is { } since)
                Instruments.WorkLag.Record(
                    (activity.StartTimeUtc + time.GetElapsedTime(started) - since.UtcDateTime).TotalSeconds,
                    Instruments.Tag("function", task.Function), Instruments.Tag("kind", envelope.Kind));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops; nothing failed.
            throw;
        }
        catch (Exception exception)
        {
            outcome = envelope.Attempt < MaxAttempts ? "again" : "given-up";
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
            await FailedAsync(envelope, task, exception, cancellationToken);
        }
        Instruments.WorkDuration.Record(
            time.GetElapsedTime(started).TotalSeconds, Instruments.Tag("function", task.Function), Instruments.Tag("outcome", outcome));
    }

    /// <summary>How long the nth attempt's failure waits for the next: 1 s, 2 s, 4 s, ... at most 5 minutes, each lengthened by
    /// up to a quarter, so that what failed together is not tried together.</summary>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan DelayAfter(int attempt, double jitter)
    {
        var delay = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempt, MaxAttempts) - 1));
        return (delay < LongestDelay ? delay : LongestDelay) * (1 + (jitter / 4));
    }

    private async Task FailedAsync(Envelope envelope, QueueTask task, Exception exception, CancellationToken cancellationToken)
    {
        var reason = Failure.ReasonOf(exception);
        if (envelope.Attempt < MaxAttempts)
        {
            FailedOnce(task.Function, envelope.Kind, envelope.Attempt, reason, exception.StackTrace);
            var next = envelope with { Attempt = envelope.Attempt + 1 };
            var due = time.GetUtcNow() + DelayAfter(envelope.Attempt, RandomNumberGenerator.GetInt32(1_001) / 1_000d);
            await sender.SendAsync(task.Queue, [next.ToMessage(due)], cancellationToken);
            return;
        }
        GaveUp(task.Function, envelope.Kind, envelope.Attempt, reason, exception.StackTrace);
        await failures.AddAsync(
            new Failure(task.Queue.Value, envelope.Key, envelope.Kind, reason, envelope.Attempt, time.GetUtcNow(), envelope.ToJson()), cancellationToken);
        if (task.GivenUp is { } givenUp) await givenUp(envelope, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} failed on {Kind}, attempt {Attempt}, and tries again later: {Reason}\n{Trace}")]
    private partial void FailedOnce(string function, string kind, int attempt, string reason, string? trace);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} gave up on {Kind} after attempt {Attempt}; it waits for its replay: {Reason}\n{Trace}")]
    private partial void GaveUp(string function, string kind, int attempt, string reason, string? trace);
}
