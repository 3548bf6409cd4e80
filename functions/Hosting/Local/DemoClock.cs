namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>A clock that runs as fast as any and stands at another date: the demo district lives on its last school day.</summary>
public sealed class DemoClock(DateTimeOffset startsAt) : TimeProvider
{
    private readonly long started = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => startsAt + System.GetElapsedTime(started);
}
