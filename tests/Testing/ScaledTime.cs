namespace SchoolSignal.Testing;

/// <summary>A clock that runs faster than the world's, so that waits of minutes pass in a test's seconds; several processes given the
/// same origins tell the same time.</summary>
public sealed class ScaledTime(double factor, DateTimeOffset realOrigin, DateTimeOffset origin) : TimeProvider
{
    public ScaledTime(double factor) : this(factor, System.GetUtcNow(), System.GetUtcNow())
    {
    }

    public double Factor => factor;

    public DateTimeOffset RealOrigin => realOrigin;

    public DateTimeOffset Origin => origin;

    public override DateTimeOffset GetUtcNow() => origin + ((System.GetUtcNow() - realOrigin) * factor);

    public override long GetTimestamp() => (long)(System.GetTimestamp() * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    private TimeSpan Real(TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan || span == TimeSpan.Zero ? span : TimeSpan.FromMilliseconds(Math.Max(1, span.TotalMilliseconds / factor));

    private sealed class ScaledTimer(ITimer inner, ScaledTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
