using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.Attendance;

/// <summary>Where a student information system sends its files.</summary>
public sealed class ReceiveFeed(FeedIntake intake, Gate gate)
{
    /// <summary>Inclusive. Larger files come by file drop.</summary>
    private const long LargestUpload = 100L * 1024 * 1024;

    [Function("ReceiveFeed")]
    [Operation("Send a feed", Description = "Streams the file to the archive and answers at once; what became of it stands at the status address.")]
    [QueryParameter("content", "attendance (default), roster, calendar, observations or staff. A staff list gives access, so it is an administrator's to send.")]
    [QueryParameter("profile", "A CSV profile; none means the mapping is worked out from the file.")]
    [QueryParameter("kind", "register, exceptions or snapshot; none means what the profile or the file says.")]
    [QueryParameter("covers", "FROM..TO, the days the feed speaks for, as 2026-01-05..2026-01-09.")]
    [QueryParameter("schools", "Schools it speaks for, by commas; none means those it names.")]
    [QueryParameter("statedAt", "When your system stated it (ISO 8601); none means its arrival.")]
    [RequestBody("text/csv", "The file as it is: CSV, Ed-Fi XML or JSON, a OneRoster bundle as zip, iCalendar, JSON lines.")]
    [RequestBody("application/octet-stream", "The file as it is: CSV, Ed-Fi XML or JSON, a OneRoster bundle as zip, iCalendar, JSON lines.")]
    [Answer(202, "It is in the archive and will be read.")]
    [Answer(400, "The request is not understood, or the file is empty.")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(413, "The file is over 100 MB.")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/feeds")] HttpRequest request, CancellationToken cancellationToken)
    {
        // A staff list gives access: whoever changes the district's settings sends it.
        var isStaff = request.Query["content"].ToString().Equals(nameof(FeedContent.Staff), StringComparison.OrdinalIgnoreCase);
        var action = isStaff ? AccessAction.ChangeSettings : AccessAction.SendFeed;
        var admission = await gate.AskAsync(request, action, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!TryRead(request.Query, out var feed, out var wrong))
            return Results.Problem(wrong, statusCode: StatusCodes.Status400BadRequest);
        return await intake.ReceiveAsync(request.Body, feed with { SentBy = admission.Authority }, LargestUpload, null, cancellationToken) switch
        {
            IntakeResult.Accepted accepted => Results.Accepted(
                $"/api/feeds/{accepted.Status.Id}", new { id = accepted.Status.Id.Value, status = $"/api/feeds/{accepted.Status.Id}" }),
            IntakeResult.TooLarge => Results.Problem(
                "The file is over 100 MB. Send it in parts, or by file drop.", statusCode: StatusCodes.Status413PayloadTooLarge),
            IntakeResult.Empty => Results.Problem("The request has no body: send the file itself.", statusCode: StatusCodes.Status400BadRequest),
            _ => throw new InvalidOperationException("An intake result is not handled."),
        };
    }

    private static bool TryRead(IQueryCollection query, out FeedRequest feed, out string wrong)
    {
        feed = new FeedRequest(FeedContent.Attendance);
        wrong = "";
        if (query["content"].ToString() is { Length: > 0 } content)
        {
            if (!TryEnum(content, out FeedContent known))
            {
                wrong = "content is attendance, roster, calendar, observations or staff.";
                return false;
            }
            feed = feed with { Content = known };
        }
        if (query["kind"].ToString() is { Length: > 0 } kind)
        {
            if (!TryEnum(kind, out FeedKind known))
            {
                wrong = "kind is register, exceptions or snapshot.";
                return false;
            }
            feed = feed with { Kind = known };
        }
        if (query["covers"].ToString() is { Length: > 0 } covers)
        {
            if (!Coverage.TryParse(covers, out var days))
            {
                wrong = "covers is FROM..TO, for example 2026-01-05..2026-01-09.";
                return false;
            }
            feed = feed with { Covers = days };
        }
        if (query["statedAt"].ToString() is { Length: > 0 } stated)
        {
            if (!DateTimeOffset.TryParse(stated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                wrong = "statedAt is a date and time in ISO 8601, for example 2026-01-09T16:00:00Z.";
                return false;
            }
            feed = feed with { StatedAt = at };
        }
        if (query["schools"].ToString() is { Length: > 0 } schools)
            feed = feed with { Schools = schools.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) };
        if (query["profile"].ToString() is { Length: > 0 } profile) feed = feed with { Profile = profile };
        return true;
    }

    private static bool TryEnum<T>(string text, out T value) where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]);
}
