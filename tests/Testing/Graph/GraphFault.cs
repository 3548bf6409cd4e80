namespace SchoolSignal.Testing.Graph;

/// <summary>The kinds of call the app makes.</summary>
public enum GraphCallKind
{
    Draft,
    Send,
    Find,
    Batch,
    Teams,
    ToDoLists,
    ToDoTask,
    ToDoFind,
    /// <summary>Any of the education API.</summary>
    Roster,
}

/// <summary>What goes wrong with a call.</summary>
public abstract record GraphFault
{
    /// <summary>429, Retry-After in seconds; or as a date.</summary>
    public sealed record Throttle(TimeSpan For, bool AsDate) : GraphFault;

    /// <summary>An error of the service, the work not done.</summary>
    public sealed record Error(int Status) : GraphFault;

    /// <summary>An error of the service, though the work was done.</summary>
    public sealed record ErrorThoughDone(int Status) : GraphFault;

    /// <summary>202 with a Retry-After: taken on.</summary>
    public sealed record AcceptedWithRest(TimeSpan For) : GraphFault;

    /// <summary>No answer for this long; the work is done or not.</summary>
    public sealed record Hang(TimeSpan For, bool Done) : GraphFault;

    /// <summary>The connection breaks; the work is done or not.</summary>
    public sealed record Reset(bool Done) : GraphFault;

    /// <summary>401: the token is not taken any more.</summary>
    public sealed record TokenExpired : GraphFault;
}
