using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.Referrals;

/// <summary>The worklist, for a case system or a page.</summary>
public sealed class WorklistFeed(WorklistListings worklist, Gate gate)
{
    [Function("Worklist")]
    [Operation("The worklist", Description = "Open referrals with their reasons, in the order to begin with; those held back by the weekly cap last.")]
    [QueryParameter("school", "A school's id; none means every school.")]
    [Answer(200, "The referrals.")]
    [Answer(400, "That is no school id.", "application/problem+json")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    [Answer(404, "No such school.", "application/problem+json")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/referrals")] HttpRequest request, CancellationToken cancellationToken)
    {
        SchoolId? school = null;
        var asked = request.Query["school"].ToString();
        var isSchool = SchoolId.TryParse(asked, out var id);
        if (isSchool) school = id;
        var admission = await gate.AskAsync(request, AccessAction.ReadWorklist, AccessSubject.Of(school), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (asked.Length > 0 && !isSchool)
            return Results.Problem("school is 1 to 60 characters without control characters.", statusCode: StatusCodes.Status400BadRequest);
        return await worklist.ReadAsync(admission.Authority, school, null, cancellationToken) switch
        {
            WorklistReading.Read read => Results.Content(
                JsonSerializer.Serialize(read.Listings, ReferralListingJson.Default.IReadOnlyListReferralListing), "application/json; charset=utf-8"),
            WorklistReading.UnknownSchool => Gate.SchoolNotFound,
            _ => throw new InvalidOperationException("A reading of the worklist is not handled."),
        };
    }
}
