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

    /// <summary>A wait longer than this is left to the queue: the message is not kept on loan for it.</summary>
    private static readonly TimeSpan LongestWaitHere = TimeSpan.FromSeconds(20);

    private readonly System.Threading.RateLimiting.ConcurrencyLimiter slots = new(new() { PermitLimit = MostAtOnce, QueueLimit = 1_000 });

    private readonly ResiliencePipelineRegistry<string> pipelines = new();

    /// <summary>A call that does the same however often it is made: retried, with jitter, when the service says so or after a
    /// growing wait.</summary>
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

    private RetryStrategyOptions<GraphReply<T>> Retry<T>() => new()
    {
        MaxRetryAttempts = 3,
        Delay = TimeSpan.FromSeconds(1),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is TimeoutRejectedException
            || (args.Outcome.Result.End is GraphEnd.Throttled or GraphEnd.Fault or GraphEnd.Unreached && WaitOf(args.Outcome.Result) <= LongestWaitHere)),
        DelayGenerator = args => ValueTask.FromResult(WaitOf(args.Outcome.Result) is { Ticks: > 0 } wait ? wait : (TimeSpan?)null),
    };

    private TimeSpan WaitOf<T>(GraphReply<T> reply) => reply.NotBefore is { } next ? next - time.GetUtcNow() : TimeSpan.Zero;

    public void Dispose() => slots.Dispose();
}
