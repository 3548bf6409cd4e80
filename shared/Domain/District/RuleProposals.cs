using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Domain.District;

/// <summary>What became of proposing a rule set.</summary>
public abstract record ProposeResult
{
    private ProposeResult()
    {
    }

    public sealed record Proposed(RuleProposal Proposal) : ProposeResult;

    /// <summary>The set does not load; every error names rule and field.</summary>
    public sealed record Invalid(IReadOnlyList<RuleSetError> Errors) : ProposeResult;

    /// <summary>Another rule set has or had this version.</summary>
    public sealed record VersionTaken : ProposeResult;
}

/// <summary>What became of deciding on a proposal.</summary>
public enum DecideResult
{
    Done,
    NotFound,
    /// <summary>Somebody decided on it before.</summary>
    NotOpen,
    /// <summary>Nobody approves what they proposed themselves.</summary>
    OwnProposal,
    /// <summary>The rules in force are no longer those it changes: propose it anew.</summary>
    BaseChanged,
    /// <summary>What it would mean is still being counted.</summary>
    StillCounting,
}

/// <summary>Changes of the district's rules in four eyes: one person proposes and sees what it would mean, another puts it in
/// force. Rows <c>rule-proposal|id</c> of the district's partition.</summary>
public sealed class RuleProposals(
    ITableStore store, RuleSets ruleSets, DistrictSettingsStore settings, RulePreviews previews, Outbox outbox, DistrictId district, TimeProvider time)
{
    /// <summary>So many schools (inclusive) are counted while the proposer waits; more, by the queue.</summary>
    public const int CountedAtOnce = 10;

    private const string Rows = "rule-proposal";

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    /// <param name="json">A whole rule set; its version is the new one.</param>
    public async Task<ProposeResult> ProposeAsync(string json, string why, StaffId proposer, Authority authority, CancellationToken cancellationToken)
    {
        var load = RuleSetReader.Read("rules", Encoding.UTF8.GetBytes(json));
        if (load is not RuleSetLoad.Loaded { RuleSet: var rules }) return new ProposeResult.Invalid(((RuleSetLoad.Refused)load).Errors);
        if (rules.Version.Length > RuleProposal.MaxVersion)
            return new ProposeResult.Invalid([new RuleSetError("rules", null, "version", $"At most {RuleProposal.MaxVersion} characters.")]);
        if (await ruleSets.IsKnownAsync(rules.Version, cancellationToken)
            || (await ListAsync(cancellationToken)).Any(other => other.Version == rules.Version && other.State == ProposalState.Open))
            return new ProposeResult.VersionTaken();

        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var current = await ruleSets.OfAsync(decided, cancellationToken);
        var at = time.GetUtcNow();
        var schools = await previews.CountSchoolsAsync(decided, cancellationToken);
        var proposal = new RuleProposal(
            Guid.NewGuid().ToString("N"), rules.Version, why, current.Version, json, proposer.Value, at,
            schools > CountedAtOnce ? null : await previews.CompareAsync(current, rules, decided, null, cancellationToken))
        {
            Counting = schools > CountedAtOnce ? new PreviewProgress(0, schools) : null,
        };
        var entry = AuditEntry.OfDistrict(authority, AuditAction.ChangeRules, at) with { Reference = proposal.Id };
        List<RowChange> changes = [new RowChange.Insert(KeyOf(proposal.Id), Write(proposal)), AuditTrail.Row(entry)];
        if (proposal.Counting is not null) changes.Add(Outbox.Row(QueueName.Screenings, RulePreviewRun.MessageOf(district, proposal.Id)));
        if (await store.CommitAsync(TableName.District, partition, changes, cancellationToken)
            is not CommitResult.Committed) throw new InvalidOperationException("A new proposal's id is taken.");
        await outbox.RelayAsync(TableName.District, partition, cancellationToken);
        return new ProposeResult.Proposed(proposal);
    }

    /// <summary>All of them, the newest first.</summary>
    public async Task<IReadOnlyList<RuleProposal>> ListAsync(CancellationToken cancellationToken)
    {
        var all = new List<RuleProposal>();
        await foreach (var row in store.QueryAsync(TableName.District, partition, RowKeyRange.Under(Rows), cancellationToken)) all.Add(Read(row));
        return [.. all.OrderByDescending(proposal => proposal.ProposedAt)];
    }

    public async ValueTask<RuleProposal?> FindAsync(string id, CancellationToken cancellationToken) =>
        await RowAsync(id, cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Puts the proposed rules in force: the next screening of each school goes by them.</summary>
    public async Task<DecideResult> ApproveAsync(string id, StaffId approver, Authority authority, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await RowAsync(id, cancellationToken) is not { } row) return DecideResult.NotFound;
            var proposal = Read(row);
            if (proposal.State != ProposalState.Open) return DecideResult.NotOpen;
            if (proposal.ProposedBy == approver.Value) return DecideResult.OwnProposal;
            if (proposal.Counting is not null) return DecideResult.StillCounting;
            var stored = await settings.ReadAsync(cancellationToken);
            if ((await ruleSets.OfAsync(stored.Settings, cancellationToken)).Version != proposal.Base) return DecideResult.BaseChanged;

            if (RuleSetReader.Read("rules", Encoding.UTF8.GetBytes(proposal.Json)) is not RuleSetLoad.Loaded { RuleSet: var rules })
                throw new InvalidOperationException("A stored proposal's rules do not load any more.");
            if (!await ruleSets.AddAsync(rules, proposal.Json, cancellationToken)) return DecideResult.BaseChanged;
            var after = stored.Settings with { Thresholds = stored.Settings.Thresholds with { RuleSet = proposal.Version } };
            var changes = Decide(row, proposal, ProposalState.Approved, approver, authority);
            if (await settings.SaveAsync(after, stored.Version, changes, cancellationToken) is null) continue;
            await outbox.RelayAsync(TableName.District, partition, cancellationToken);
            return DecideResult.Done;
        }
    }

    /// <summary>Takes it back, or turns it down; either of the two may.</summary>
    public async Task<DecideResult> WithdrawAsync(string id, StaffId who, Authority authority, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await RowAsync(id, cancellationToken) is not { } row) return DecideResult.NotFound;
            var proposal = Read(row);
            if (proposal.State != ProposalState.Open) return DecideResult.NotOpen;
            var changes = Decide(row, proposal, ProposalState.Withdrawn, who, authority);
            if (await store.CommitAsync(TableName.District, partition, changes, cancellationToken) is not CommitResult.Committed) continue;
            await outbox.RelayAsync(TableName.District, partition, cancellationToken);
            return DecideResult.Done;
        }
    }

    /// <summary>Notes what the counting has come to, whatever else was done to the proposal meanwhile.</summary>
    /// <returns>False if there is no such proposal, or its counting is over.</returns>
    internal async Task<bool> NoteAsync(string id, Func<RuleProposal, RuleProposal> note, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await RowAsync(id, cancellationToken) is not { } row || Read(row) is not { Counting: not null } proposal) return false;
            if (await store.CommitAsync(TableName.District, partition, [new RowChange.Replace(row.Key, row.ETag, Write(note(proposal)))], cancellationToken) is CommitResult.Committed)
                return true;
        }
    }

    private RowChange[] Decide(TableRow row, RuleProposal proposal, ProposalState state, StaffId who, Authority authority)
    {
        var at = time.GetUtcNow();
        return
        [
            new RowChange.Replace(row.Key, row.ETag, Write(proposal with { State = state, DecidedBy = who.Value, DecidedAt = at })),
            AuditTrail.Row(AuditEntry.OfDistrict(authority, AuditAction.ChangeRules, at) with { Reference = proposal.Id }),
        ];
    }

    private async ValueTask<TableRow?> RowAsync(string id, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "N", out var parsed) ? await store.GetAsync(TableName.District, partition, KeyOf(parsed.ToString("N")), cancellationToken) : null;

    private static RowKey KeyOf(string id) => RowKey.Of(Rows, id);

    private static byte[] Write(RuleProposal proposal) => JsonSerializer.SerializeToUtf8Bytes(proposal, RuleProposalJson.Default.RuleProposal);

    private static RuleProposal Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, RuleProposalJson.Default.RuleProposal)!;
}
