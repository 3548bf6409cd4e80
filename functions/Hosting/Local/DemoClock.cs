namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>A clock that runs as fast as any and stands at another date: the demo district lives on its last school day.</summary>
public sealed class DemoClock(DateTimeOffset startsAt) : TimeProvider
{
    private readonly Lock gate = new();
    private DateTimeOffset from = startsAt;
    private long started = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return from + System.GetElapsedTime(started);
    }

    /// <summary>It goes on from there.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (gate) (from, started) = (now, System.GetTimestamp());
    }
}
