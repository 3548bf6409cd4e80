using System.Diagnostics;

namespace SchoolSignal.Domain.Telemetry;

/// <summary>Ties the pieces of one piece of work together across queues: from the form handed in to the mail sent.</summary>
public static class WorkTrace
{
    private const string Since = "since";

    private static readonly ActivitySource Source = new(Instruments.Name);

    /// <summary>Names the running activity to whoever goes on with its work (W3C traceparent); null where nobody listens.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } running ? running.Id : null;

    /// <summary>When what is being worked on began; null where nobody listens.</summary>
    public static DateTimeOffset? BeganAt
    {
        get
        {
            DateTimeOffset? began = null;
            for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
            {
                if (activity.GetCustomProperty(Since) is DateTimeOffset since) return since;
                began = activity.StartTimeUtc;
            }
            return began;
        }
    }

    /// <summary>Begins an activity for a message's work; null where nobody listens.</summary>
    /// <param name="kind">The message's: it names no pupil, as its key may.</param>
    /// <param name="trace">Of whoever sent the message; null if nothing is known.</param>
    /// <param name="since">When what it is part of began.</param>
    public static Activity? Begin(string function, string kind, string? trace, DateTimeOffset? since)
    {
        ActivityContext.TryParse(trace, null, isRemote: true, out var parent);
        // The platform's own activity of the call, where there is one, would begin another trace.
        var platform = Activity.Current?.Context;
        var activity = Source.StartActivity(
            function, ActivityKind.Consumer, parent, links: platform is { } link && link != parent ? [new ActivityLink(link)] : null);
        activity?.SetTag("schoolsignal.kind", kind);
        if (since is { } began) activity?.SetCustomProperty(Since, began);
        return activity;
    }
}
