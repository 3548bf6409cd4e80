using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Domain.Referrals.Worklists;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Referrals;
using WorklistPage = SchoolSignal.Pages.Referrals.WorklistPage;

namespace SchoolSignal.Functions.Referrals;

/// <summary>The worklist's page, and acknowledging several of its referrals at once.</summary>
public sealed class WorklistPages(CounsellorWorklist worklist, ReferralStore referrals, CaseWork work, PageRenderer pages, Gate gate)
{
    /// <summary>More than a page has; a form that sends more is none of ours.</summary>
    private const int MostPicked = CounsellorWorklist.PageSize;

    /// <summary>So many of those missed stand in the address, to be named.</summary>
    private const int MostNamed = 10;

    [Function("WorklistPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "worklist")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadWorklist, new AccessSubject.OfOwn(), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var (filter, page) = WorklistQuery.Read(request.Query);
        var view = await worklist.ReadAsync(admission.Caller, admission.Authority, filter, page, cancellationToken);
        var mayWork = AccessPolicy.Decide(admission.Caller, AccessAction.WorkCase, new AccessSubject.OfOwn()).IsAllowed;
        return await pages.RenderAsync<WorklistPage, WorklistModel>(
            request, admission.Caller, new WorklistModel(view, OutcomeOf(request.Query, view), mayWork), cancellationToken);
    }

    [Function("AcknowledgeReferrals")]
    public async Task<IResult> Acknowledge(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "worklist/acknowledge")] HttpRequest request, CancellationToken cancellationToken)
    {
        var mayWork = await gate.AskAsync(request, AccessAction.WorkCase, new AccessSubject.OfOwn(), cancellationToken);
        if (mayWork.Refusal is { } refused) return refused;
        var caller = mayWork.Caller;
        if (await pages.RefuseFormAsync(request, caller, cancellationToken) is { } notOurs) return notOurs;
        var fields = await request.ReadFormAsync(cancellationToken);
        var picked = new List<(Referral, int)>();
        var authorities = new Dictionary<ReferralId, Admission>();
        foreach (var (id, seen) in WorklistQuery.ReadPicked(fields["pick"]).Take(MostPicked))
        {
            if (await referrals.FindAsync(id, cancellationToken) is not { Referral: var referral }) continue;
            var admission = await gate.AskAsync(request, caller, AccessAction.WorkCase, referral.Student, referral.School, cancellationToken);
            // Not one of theirs: no page of ours offered it, and it is told apart from none there is by nothing.
            if (admission.Refusal is not null) continue;
            authorities[id] = admission;
            picked.Add((referral, seen));
        }
        var results = await work.AcknowledgeAsync(picked, referral => authorities[referral.Id].Authority, cancellationToken);
        var missed = results.Where(r => r.Result is not ReferralActionResult.Done).Select(r => r.Referral.Id).ToList();
        return Redirect(request.Query, results.Count - missed.Count, missed);
    }

    private static SeeOther Redirect(IQueryCollection query, int acknowledged, List<ReferralId> missed)
    {
        var (filter, page) = WorklistQuery.Read(query);
        var back = WorklistAddress.Of(filter, page);
        var outcome = string.Create(
            CultureInfo.InvariantCulture, $"acknowledged={acknowledged}&missed={missed.Count}&of={string.Join('.', missed.Take(MostNamed))}");
        return new SeeOther($"{back}{(back.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{outcome}");
    }

    private static BulkOutcome? OutcomeOf(IQueryCollection query, WorklistView view)
    {
        if (!int.TryParse(query["acknowledged"], NumberStyles.None, CultureInfo.InvariantCulture, out var acknowledged)) return null;
        _ = int.TryParse(query["missed"], NumberStyles.None, CultureInfo.InvariantCulture, out var missed);
        var ids = query["of"].ToString().Split('.');
        return new BulkOutcome(acknowledged, missed, [.. view.Rows.Where(r => ids.Contains(r.Item.Referral.Id.ToString())).Select(r => r.Name)]);
    }
}
