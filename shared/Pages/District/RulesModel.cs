using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Pages.District;

/// <param name="Numbers">Thresholds and points of the rules in force.</param>
/// <param name="Proposals">The newest first; those decided are the history.</param>
/// <param name="Names">Of staff, by id, for who proposed and who decided.</param>
public sealed record RulesModel(
    RuleSet Rules, IReadOnlyList<RuleNumber> Numbers, IReadOnlyList<RuleProposal> Proposals, IReadOnlyDictionary<string, string> Names);

/// <param name="Form">Fields <c>version</c> and <c>why</c>, and one for each number, by its path.</param>
public sealed record ProposeModel(RuleSet Rules, IReadOnlyList<RuleNumber> Numbers, FormState Form);

/// <param name="Differences">The numbers that would change: as in force, and as proposed.</param>
/// <param name="IsOwn">The reader proposed it, and so cannot approve it.</param>
public sealed record ProposalModel(
    RuleProposal Proposal, IReadOnlyList<(RuleNumber Now, RuleNumber Then)> Differences, IReadOnlyDictionary<string, string> Names, bool IsOwn, DistrictDone? Done);
