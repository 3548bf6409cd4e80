using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.District;

/// <summary>Work that failed for good after its last attempt, its replay once the cause is mended, and the decision to go on without it.</summary>
public sealed class Failures(FailureStore failures, AbandonedBatches abandoned, Gate gate)
{
    [Function("Failures")]
    [Operation("Work that failed for good", Description = "Each waits for its replay. A school whose part of a feed is among it is not screened until then.")]
    [Answer(200, "A list of reference, queue, kind, reason, attempts and when; empty when all is well.")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/failures")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (await gate.RefuseAsync(request, AccessAction.HandleFailures, null, cancellationToken) is { } denied) return denied;
        // The key stays inside: it names schools, and pupils by their StudentKey.
        return Results.Json(
            from failure in await failures.ListAsync(cancellationToken)
            select new { failure.Reference, failure.Queue, failure.Kind, failure.Reason, failure.Attempts, failure.When });
    }

    [Function("ReplayFailure")]
    [Operation("Replay failed work", Description = "Sends it again with its attempts counted anew. What was done before is not done twice.")]
    [Answer(202, "It is on its way again.")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(404, "No such failure; perhaps it was replayed already.")]
    [Answer(409, "The message is damaged and cannot be replayed.")]
    public async Task<IResult> Replay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/failures/{reference}/replay")] HttpRequest request, string reference, CancellationToken cancellationToken)
    {
        if (await gate.RefuseAsync(request, AccessAction.HandleFailures, null, cancellationToken) is { } denied) return denied;
        return await failures.ReplayAsync(reference, cancellationToken) switch
        {
            ReplayResult.Sent => Results.Accepted(value: new { reference }),
            ReplayResult.NotFound => Results.Problem("There is no such failure; perhaps it was replayed already.", statusCode: StatusCodes.Status404NotFound),
            ReplayResult.NotReplayable => Results.Problem("The message is damaged and cannot be replayed.", statusCode: StatusCodes.Status409Conflict),
            _ => throw new InvalidOperationException("An outcome of a replay is not handled."),
        };
    }

    [Function("GiveUpFailure")]
    [Operation("Give up on a part of a feed", Description = "For a batch that can never be applied: its school is screened again, and what the batch would have said counts as unknown. "
        + "The reason stands in the feed's report; name no pupil in it.")]
    [RequestBody("application/json", "An object with the reason, in a sentence of up to 300 characters: {\"reason\": \"...\"}.")]
    [Answer(200, "It is given up.")]
    [Answer(400, "There is no reason in it, or not one of 1 to 300 characters.")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(404, "No such failure.")]
    [Answer(409, "It is no part of a feed, or it has been applied meanwhile.")]
    public async Task<IResult> GiveUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/failures/{reference}/give-up")] HttpRequest request, string reference, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.HandleFailures, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } denied) return denied;
        if (await ReasonAsync(request, cancellationToken) is not { } reason)
            return Results.Problem("Say why, as {\"reason\": \"...\"}, in 1 to 300 characters and without a pupil's name.", statusCode: StatusCodes.Status400BadRequest);
        return await abandoned.AbandonAsync(reference, reason, admission.Authority, cancellationToken) switch
        {
            AbandonResult.Abandoned => Results.Json(new { reference }),
            AbandonResult.NotFound => Results.Problem("There is no such failure; perhaps it was replayed already.", statusCode: StatusCodes.Status404NotFound),
            AbandonResult.NotABatch => Results.Problem("No school waits for this: it is no part of a feed. Replay it once its cause is mended.", statusCode: StatusCodes.Status409Conflict),
            AbandonResult.AlreadyApplied => Results.Problem("It has been applied meanwhile; there is nothing to give up.", statusCode: StatusCodes.Status409Conflict),
            _ => throw new InvalidOperationException("An outcome of giving up is not handled."),
        };
    }

    /// <summary>Null if the body states no reason that can be kept.</summary>
    private static async Task<string?> ReasonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // A reason of the greatest length, every character written as six, with room around it.
        const int MostBytes = (Abandonment.MaxReason * 6) + 100;
        var body = new byte[MostBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MostBytes) return null;
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("reason", out var stated) && stated.ValueKind == JsonValueKind.String
                && stated.GetString()!.Trim() is { Length: > 0 and <= Abandonment.MaxReason } reason && !reason.Any(char.IsControl)
                ? reason
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
