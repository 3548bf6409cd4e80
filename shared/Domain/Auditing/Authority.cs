using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Who did it: a member of staff by opaque id, or a part of the system.</summary>
public readonly record struct AuditActor
{
    private const string StaffPrefix = "staff ";
    private const string SystemPrefix = "system ";

    private AuditActor(string value) => Value = value;

    public string Value { get; }

    public bool IsSystem => Value.StartsWith(SystemPrefix, StringComparison.Ordinal);

    /// <summary>The staff id, or the name of the part of the system.</summary>
    public string Id => Value[(Value.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    public static AuditActor Staff(string id) => new(StaffPrefix + id);

    /// <param name="name">"screening", "import", ...</param>
    public static AuditActor System(string name) => new(SystemPrefix + name);

    /// <exception cref="FormatException">Neither staff nor system.</exception>
    public static AuditActor Parse(string? text) =>
        text is not null && (text.StartsWith(StaffPrefix, StringComparison.Ordinal) || text.StartsWith(SystemPrefix, StringComparison.Ordinal))
            ? new AuditActor(text)
            : throw new FormatException("Not an actor: 'staff ID' or 'system NAME'.");

    public override string ToString() => Value;
}

/// <summary>On whose authority something was done: who, with which roles, and what the gate said.</summary>
/// <param name="Reason">The gate's reason code; null where no gate was asked, for the system and for the command line.</param>
public sealed record Authority(AuditActor Who, IReadOnlyList<Role> Roles, AccessReason? Reason)
{
    /// <summary>By which way: one of <see cref="AuditWays"/>, or the id of the system that spoke for the person.</summary>
    public string? Through { get; init; }

    /// <summary>A caller that the gate let through.</summary>
    public static Authority Of(Caller caller, AccessDecision decision) =>
        new(AuditActor.Staff(caller.Id.Value), [.. caller.Roles.Order()], decision.Reason) { Through = caller.Through?.Value };

    /// <param name="name">"screening", "import", ...</param>
    public static Authority System(string name) => new(AuditActor.System(name), [], null);

    /// <summary>Whoever sits at the machine that holds the data.</summary>
    public static Authority CommandLine { get; } = System("command-line") with { Through = AuditWays.Command };
}

/// <summary>The ways in.</summary>
public static class AuditWays
{
    public const string Page = "page";
    public const string Api = "api";
    public const string Command = "command";
}
