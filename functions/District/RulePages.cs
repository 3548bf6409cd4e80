using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>The rules: in force, proposed, and decided by a second person.</summary>
public sealed class RulePages(
    RuleProposals proposals, RuleSets ruleSets, DistrictSettingsStore settings, StaffStore staff, Gate gate, PageRenderer pages)
{
    private const string Address = "/district/rules";

    [Function("RulesPage")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/rules")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        var (rules, json) = await InForceAsync(cancellationToken);
        var model = new RulesModel(rules, RuleNumbers.Of(json), await proposals.ListAsync(cancellationToken), await NamesAsync(cancellationToken));
        return await pages.RenderAsync<RulesPage, RulesModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("ProposeRulesPage")]
    public async Task<IResult> New(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/rules/propose")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        return admission.Refusal ?? await ShowFormAsync(request, admission.Caller, null, cancellationToken);
    }

    [Function("SaveProposalPage")]
    public async Task<IResult> Propose(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/rules/propose")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var fields = await request.ReadFormAsync(cancellationToken);
        var form = new DistrictForm(fields);
        var version = form.Required("version", RuleProposal.MaxVersion);
        var why = form.Required("why", RuleProposal.MaxWhy);
        var (_, json) = await InForceAsync(cancellationToken);
        foreach (var share in RuleNumbers.Of(json).Where(number => number.IsShare && fields.ContainsKey(number.Path) && number.Read(form.Text(number.Path)) is null))
            form.Fail(share.Path, "District.Error.Share");
        if (form.HasErrors) return await ShowFormAsync(request, admission.Caller, form, cancellationToken);

        var changed = RuleNumbers.With(json, version, fields.ToDictionary(field => field.Key, field => field.Value.ToString()));
        switch (await proposals.ProposeAsync(changed, why, admission.Caller.Id, admission.Authority, cancellationToken))
        {
            case ProposeResult.Proposed proposed: return new SeeOther($"{Address}/proposals/{proposed.Proposal.Id}");
            case ProposeResult.VersionTaken: form.Fail("version", "District.Error.VersionTaken"); break;
            case ProposeResult.Invalid invalid: Fail(form, RuleNumbers.Of(json), invalid.Errors); break;
            default: throw new InvalidOperationException("An outcome of a proposal is not handled.");
        }
        return await ShowFormAsync(request, admission.Caller, form, cancellationToken);
    }

    [Function("ProposalPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/rules/proposals/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await proposals.FindAsync(id, cancellationToken) is not { } proposal)
            return await pages.RenderNoticeAsync(request, admission.Caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
        var model = new ProposalModel(
            proposal, await DifferencesAsync(proposal, cancellationToken), await NamesAsync(cancellationToken),
            proposal.ProposedBy == admission.Caller.Id.Value, DistrictForm.DoneOf(request));
        return await pages.RenderAsync<ProposalPage, ProposalModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("DecideProposalPage")]
    public async Task<IResult> Decide(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/rules/proposals/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var approves = (await request.ReadFormAsync(cancellationToken))["decision"] == "approve";
        var decided = approves
            ? await proposals.ApproveAsync(id, admission.Caller.Id, admission.Authority, cancellationToken)
            : await proposals.WithdrawAsync(id, admission.Caller.Id, admission.Authority, cancellationToken);
        if (decided == DecideResult.NotFound)
            return await pages.RenderNoticeAsync(request, admission.Caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);
        return DistrictForm.After($"{Address}/proposals/{id}", decided switch
        {
            DecideResult.Done => approves ? DistrictDone.Approved : DistrictDone.Withdrawn,
            DecideResult.NotOpen => DistrictDone.NotOpen,
            DecideResult.OwnProposal => DistrictDone.OwnProposal,
            DecideResult.BaseChanged => DistrictDone.BaseChanged,
            DecideResult.StillCounting => DistrictDone.StillCounting,
            _ => throw new InvalidOperationException("An outcome of a decision is not handled."),
        });
    }

    private async Task<IResult> ShowFormAsync(HttpRequest request, Caller caller, DistrictForm? form, CancellationToken cancellationToken)
    {
        var (rules, json) = await InForceAsync(cancellationToken);
        var numbers = RuleNumbers.Of(json);
        var values = numbers.ToDictionary(number => number.Path, number => number.Written);
        var model = new ProposeModel(rules, numbers, form?.Back(values) ?? FormState.Of(values));
        return await pages.RenderAsync<ProposePage, ProposeModel>(
            request, caller, model, cancellationToken, form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private async Task<(RuleSet Rules, ReadOnlyMemory<byte> Json)> InForceAsync(CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        return (await ruleSets.OfAsync(decided, cancellationToken), await ruleSets.JsonOfAsync(decided, cancellationToken));
    }

    /// <summary>Against the rules it changes, not against those of today: a decided proposal keeps its meaning.</summary>
    private async Task<IReadOnlyList<(RuleNumber, RuleNumber)>> DifferencesAsync(RuleProposal proposal, CancellationToken cancellationToken)
    {
        var then = RuleNumbers.Of(Encoding.UTF8.GetBytes(proposal.Json)).ToDictionary(number => number.Path);
        return
        [
            .. from now in RuleNumbers.Of(await ruleSets.JsonOfAsync(proposal.Base, cancellationToken))
               where then.TryGetValue(now.Path, out var other) && other.Value != now.Value
               select (now, then[now.Path]),
        ];
    }

    private async Task<IReadOnlyDictionary<string, string>> NamesAsync(CancellationToken cancellationToken) =>
        (await staff.ListAsync(cancellationToken)).ToDictionary(member => member.Id.Value, member => member.DisplayName);

    private static void Fail(DistrictForm form, IReadOnlyList<RuleNumber> numbers, IReadOnlyList<RuleSetError> errors)
    {
        foreach (var error in errors)
        {
            // Where two numbers together are wrong, the error is of the first one of the rule, or of the level.
            var number = numbers.FirstOrDefault(n => n.Rule == error.Rule && n.Field == error.Field) ?? numbers.FirstOrDefault(n => n.Rule == error.Rule);
            form.Fail(number?.Path ?? "version", "District.Error.RuleNumber", error.Message);
        }
    }
}
