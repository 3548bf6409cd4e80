using System.Diagnostics;
using OpenTelemetry;

namespace SchoolSignal.Adapters.Telemetry;

/// <summary>Takes out of an activity what may name somebody: the addresses of Graph's calls hold staff, a page's address a case. The route
/// and the host say enough.</summary>
internal sealed class LeastData : BaseProcessor<Activity>
{
    private static readonly string[] Dropped =
        ["url.path", "url.query", "url.full", "http.url", "http.target", "client.address", "network.peer.address", "user_agent.original", "exception.message", "exception.stacktrace"];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Dropped) data.SetTag(tag, null);
        // Where there is no route, the framework names the activity by the path. The worker's own activity of a call has no method, and a name that says nothing.
        if (data.Kind == ActivityKind.Server && data.GetTagItem("http.request.method") is { } method)
            data.DisplayName = $"{method} {data.GetTagItem("http.route")}".TrimEnd();
        if (data.Status == ActivityStatusCode.Error && data.StatusDescription is not null) data.SetStatus(ActivityStatusCode.Error);
    }
}
