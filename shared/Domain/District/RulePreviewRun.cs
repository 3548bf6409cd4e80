using System.Text;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Domain.District;

/// <summary>Counts in the background what a proposal would mean to a large district, and notes on the proposal how far it is.</summary>
public sealed class RulePreviewRun(RuleProposals proposals, RulePreviews previews, RuleSets ruleSets, DistrictSettingsStore settings)
{
    /// <summary>Kind of the message on queue <c>screenings</c>; ids: district, proposal.</summary>
    public const string Kind = "rule-preview";

    /// <summary>How often at most the way is noted: a row written for every school would be more work than the counting.</summary>
    private const int MostNotes = 20;

    public static Envelope MessageOf(DistrictId district, string proposal) =>
        Envelope.First($"rule-preview {proposal}", Kind, ("district", district.Value), ("proposal", proposal));

    /// <summary>Delivered again it counts anew, and once the numbers stand it does nothing.</summary>
    public async Task CountAsync(Envelope message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var id = message["proposal"];
        if (await proposals.FindAsync(id, cancellationToken) is not { Counting: not null } proposal) return;
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var now = Load(await ruleSets.JsonOfAsync(proposal.Base, cancellationToken));
        var preview = await previews.CompareAsync(now, Load(Encoding.UTF8.GetBytes(proposal.Json)), decided, NoteAsync, cancellationToken);
        await proposals.NoteAsync(id, counted => counted with { Preview = preview, Counting = null }, cancellationToken);

        async Task NoteAsync(PreviewProgress progress)
        {
            if (progress.Schools % Math.Max(1, progress.Of / MostNotes) == 0)
                await proposals.NoteAsync(id, counting => counting with { Counting = progress }, cancellationToken);
        }
    }

    private static RuleSet Load(ReadOnlyMemory<byte> json) => RuleSetReader.Read("rules", json) is RuleSetLoad.Loaded { RuleSet: var rules }
        ? rules
        : throw new InvalidOperationException("A stored rule set does not load any more.");
}
