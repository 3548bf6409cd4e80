using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Lets calls through to Graph: at most four at a time (the limit Outlook states per app and mailbox), each with a time
/// limit, and none to a mailbox that keeps failing until it has rested. Only what may be repeated is repeated.</summary>
internal sealed class GraphCalls(GraphOptions options, TimeProvider time) : IDisposable
{
    public const int MostAtOnce = 4;

    private readonly System.Threading.RateLimiting.ConcurrencyLimiter slots = new(new() { PermitLimit = MostAtOnce, QueueLimit = 1_000 });

    private readonly ResiliencePipelineRegistry<string> pipelines = new();

    /// <summary>A call that does the same however often it is made: after a fault retried, with jitter and a growing wait. Where the service
    /// asks for patience nobody waits here: the whole mailbox is to rest, on every instance, and the caller sees to that.</summary>
    public ValueTask<GraphReply<T>> RepeatAsync<T>(string mailbox, Func<CancellationToken, Task<T?>> call, CancellationToken cancellationToken) =>
        RunAsync(PipelineOf<T>(mailbox, repeats: true), call, cancellationToken);

    /// <summary>A call made once, whatever comes back.</summary>
    public ValueTask<GraphReply<T>> OnceAsync<T>(string mailbox, Func<CancellationToken, Task<T?>> call, CancellationToken cancellationToken) =>
        RunAsync(PipelineOf<T>(mailbox, repeats: false), call, cancellationToken);

    private async ValueTask<GraphReply<T>> RunAsync<T>(
        ResiliencePipeline<GraphReply<T>> pipeline, Func<CancellationToken, Task<T?>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                async cut => await GraphReplies.OfAsync(() => call(cut), time, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (exception is BrokenCircuitException or RateLimiterRejectedException or TimeoutRejectedException)
        {
            return GraphReplies.OfPipeline<T>(exception, time);
        }
    }

    private ResiliencePipeline<GraphReply<T>> PipelineOf<T>(string mailbox, bool repeats) =>
        pipelines.GetOrAddPipeline<GraphReply<T>>($"{mailbox}|{repeats}", builder =>
        {
            builder.TimeProvider = time;
            if (repeats) builder.AddRetry(Retry<T>());
            builder
                .AddRateLimiter(slots)
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions<GraphReply<T>>
                {
                    FailureRatio = 0.5,
                    MinimumThroughput = 6,
                    SamplingDuration = TimeSpan.FromMinutes(1),
                    BreakDuration = TimeSpan.FromSeconds(30),
                    ShouldHandle = args => ValueTask.FromResult(
                        args.Outcome.Exception is TimeoutRejectedException || args.Outcome.Result.End is GraphEnd.Fault or GraphEnd.Unreached),
                })
                .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout });
        });

    private static RetryStrategyOptions<GraphReply<T>> Retry<T>() => new()
    {
        MaxRetryAttempts = 3,
        Delay = TimeSpan.FromSeconds(1),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is TimeoutRejectedException
            || (args.Outcome.Result.End is GraphEnd.Fault or GraphEnd.Unreached && args.Outcome.Result.NotBefore is null)),
    };

    public void Dispose() => slots.Dispose();
}
