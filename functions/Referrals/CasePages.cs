using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Cases;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.Referrals;

namespace SchoolSignal.Functions.Referrals;

/// <summary>A case's page, and the steps taken from it.</summary>
public sealed class CasePages(ReferralStore referrals, CaseFiles files, CaseWork work, PageRenderer pages, Gate gate)
{
    [Function("CasePage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "cases/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = await gate.CallerAsync(request, cancellationToken);
        var done = request.Query["done"].ToString();
        return await OpenAsync(request, caller, id, cancellationToken) switch
        {
            (null, { } refused) => refused,
            ({ } opened, _) => await ShowAsync(request, opened, Steps.All.Contains(done) ? done : null, null, StatusCodes.Status200OK, cancellationToken),
            _ => throw new InvalidOperationException("A case is neither open nor refused."),
        };
    }

    [Function("TakeCaseStep")]
    public async Task<IResult> Post(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "cases/{id}/{step}")] HttpRequest request, string id, string step,
        CancellationToken cancellationToken)
    {
        var mayWork = await gate.AskAsync(request, AccessAction.WorkCase, new AccessSubject.OfOwn(), cancellationToken);
        if (mayWork.Refusal is { } no) return no;
        var caller = mayWork.Caller;
        if (await pages.RefuseFormAsync(request, caller, cancellationToken) is { } notOurs) return notOurs;
        var (opened, refused) = await OpenAsync(request, caller, id, cancellationToken);
        if (opened is null) return refused!;
        var admission = await gate.AskAsync(request, caller, AccessAction.WorkCase, opened.Referral.Student, opened.Referral.School, cancellationToken);
        if (admission.Refusal is { } notYours) return notYours;
        if (!Steps.All.Contains(step)) return await NothingAsync(request, caller, cancellationToken);

        var fields = await request.ReadFormAsync(cancellationToken);
        var typed = fields.Where(f => f.Key != "seen").ToDictionary(f => f.Key, f => f.Value.ToString());
        if (!int.TryParse(fields["seen"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen)) seen = 0;
        var (read, problem) = CaseForm.Read(step, fields);
        if (read is null)
            return await ShowAsync(request, opened, null, new CaseAttempt(step, typed, problem!, []), StatusCodes.Status400BadRequest, cancellationToken);
        if (read is CaseStep.Assign assign && !await files.CanTakeAsync(assign.To, opened.Referral.School, cancellationToken))
            return await ShowAsync(
                request, opened, null, new CaseAttempt(step, typed, new CaseProblem.Choice(), []), StatusCodes.Status400BadRequest, cancellationToken);
        return await work.TakeAsync(opened.Referral, read, admission.Authority, seen, cancellationToken) switch
        {
            ReferralActionResult.Done => new SeeOther($"/cases/{opened.Referral.Id}?done={step}"),
            ReferralActionResult.ChangedMeanwhile(_, var since) => await AgainAsync(new CaseProblem.Changed(), since),
            ReferralActionResult.DayRefused(var first, var last) => await AgainAsync(new CaseProblem.Day(first, last), []),
            ReferralActionResult.NotPermitted => await AgainAsync(new CaseProblem.NotPermitted(), []),
            ReferralActionResult.NotFound => await NothingAsync(request, caller, cancellationToken),
            _ => throw new InvalidOperationException("An outcome of a step is not handled."),
        };

        // The page as it is now, with what was typed: pressing again then takes the step on what is seen now.
        async Task<IResult> AgainAsync(CaseProblem why, IReadOnlyList<ReferralEntry> since)
        {
            var (now, gone) = await OpenAsync(request, caller, id, cancellationToken);
            if (now is null) return gone!;
            var lines = await files.LinesAsync(since, now.Referral, caller, now.Admission.Reason, cancellationToken);
            return await ShowAsync(request, now, null, new CaseAttempt(step, typed, why, lines), StatusCodes.Status409Conflict, cancellationToken);
        }
    }

    /// <summary>The referral, if there is one and the caller may read it; else the answer to give. Both look the same from outside.</summary>
    private async Task<(OpenCase?, IResult?)> OpenAsync(HttpRequest request, Caller caller, string id, CancellationToken cancellationToken)
    {
        var found = ReferralId.TryParse(id, out var referral) ? await referrals.FindAsync(referral, cancellationToken) : null;
        if (found is not { } case_)
        {
            var own = await gate.AskAsync(request, AccessAction.ReadCase, new AccessSubject.OfOwn(), cancellationToken);
            return (null, own.Refusal ?? await NothingAsync(request, caller, cancellationToken));
        }
        var admission = await gate.AskAsync(request, caller, AccessAction.ReadCase, case_.Referral.Student, case_.Referral.School, cancellationToken);
        return admission.Reason is AccessReason.OtherSchool or AccessReason.OtherPupil
            ? (null, await NothingAsync(request, caller, cancellationToken))
            : admission.Refusal is { } refused ? (null, refused) : (new OpenCase(case_.Referral, case_.All, admission), null);
    }

    private async Task<IResult> ShowAsync(
        HttpRequest request, OpenCase opened, string? done, CaseAttempt? attempt, int status, CancellationToken cancellationToken)
    {
        var (referral, all, admission) = opened;
        if (await files.ReadAsync(referral, all, admission.Caller, admission.Reason, admission.Authority, cancellationToken) is not { } file)
            return await NothingAsync(request, admission.Caller, cancellationToken);
        var work = await gate.AskAsync(request, admission.Caller, AccessAction.WorkCase, referral.Student, referral.School, cancellationToken);
        return await pages.RenderAsync<CasePage, CaseModel>(
            request, admission.Caller, new CaseModel(file, work.Refusal is null, done, attempt), cancellationToken, status);
    }

    private Task<IResult> NothingAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Cases.NotFound", StatusCodes.Status404NotFound, cancellationToken);

    private sealed record OpenCase(Referral Referral, PupilReferrals All, Admission Admission);
}
