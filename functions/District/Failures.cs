using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.District;

/// <summary>Work that was given up after its last attempt, and its replay once the cause is mended.</summary>
public sealed class Failures(FailureStore failures, Gate gate)
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
}
