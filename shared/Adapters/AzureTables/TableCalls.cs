using Azure;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>Calls to the service, repeated a bounded number of times where it is busy or out of reach: 0.2 s, 0.4 s, ... with
/// jitter, some 25 seconds in all, so that a queue's message is not held for longer than its lock is renewed.</summary>
internal sealed class TableCalls
{
    /// <summary>Calls beyond the first.</summary>
    public const int MaxRepeats = 7;

    private readonly ResiliencePipeline pipeline;

    public TableCalls(TimeSpan timeout, TimeProvider clock) => pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = MaxRepeats,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(8),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } exception && IsPassing(exception)),
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = timeout })
        .Build();

    public ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        pipeline.ExecuteAsync(call, cancellationToken);

    /// <summary>Whether the same call may well succeed later, and whether what it asked for may have been done all the same.</summary>
    private static bool IsPassing(Exception exception) => exception switch
    {
        // 0: no answer came.
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        TimeoutRejectedException or IOException or HttpRequestException => true,
        // A connection cut while the answer was read, or the client's own time limit; the caller's cancellation ends the pipeline.
        OperationCanceledException => true,
        _ => false,
    };
}
