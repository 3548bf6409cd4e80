using System.Text.Json.Serialization;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.District;

/// <summary>Where a proposal stands.</summary>
public enum ProposalState
{
    Open,
    /// <summary>Approved by a second person: its rule set went live.</summary>
    Approved,
    /// <summary>Taken back by its proposer, or turned down.</summary>
    Withdrawn,
}

/// <summary>How many pupils are at a level by the rules in force, and how many would be by the proposed ones.</summary>
public sealed record LevelChange(Level Level, int Now, int Then);

/// <summary>What the proposed rules would have said on a day's data; counts of the whole district, never a pupil.</summary>
/// <param name="Rises">Pupils whose level would be higher.</param>
/// <param name="Falls">Pupils whose level would be lower.</param>
public sealed record RulePreview(DateOnly AsOf, int Screened, IReadOnlyList<LevelChange> Levels, int Rises, int Falls);

/// <summary>How far the counting is.</summary>
/// <param name="Schools">Looked at, of <paramref name="Of"/>.</param>
public sealed record PreviewProgress(int Schools, int Of);

/// <summary>A changed rule set, waiting for a second person or decided by one.</summary>
/// <param name="Id">Opaque: thirty-two hex digits.</param>
/// <param name="Version">What the rule set is called when it goes live; no other has had the name.</param>
/// <param name="Why">The proposer's words, 1 to <see cref="MaxWhy"/> characters.</param>
/// <param name="Base">The version it changes.</param>
/// <param name="Json">The whole rule set, as <see cref="RuleSetReader"/> reads it.</param>
/// <param name="Preview">Null where there was no attendance to look at, and while it is counted.</param>
public sealed record RuleProposal(
    string Id, string Version, string Why, string Base, string Json, string ProposedBy, DateTimeOffset ProposedAt, RulePreview? Preview)
{
    public const int MaxWhy = 500;

    /// <summary>A version's name is a part of a row key.</summary>
    public const int MaxVersion = 40;

    public ProposalState State { get; init; }

    /// <summary>Set while a large district is counted in the background: nobody approves what nobody has seen.</summary>
    public PreviewProgress? Counting { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RuleProposal))]
internal sealed partial class RuleProposalJson : JsonSerializerContext;
