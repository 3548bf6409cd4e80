namespace SchoolSignal.Domain.Screening;

/// <summary>What is wrong with a rule set: in which file, in which rule (null for the set itself), in which field.</summary>
public sealed record RuleSetError(string File, string? Rule, string Field, string Message)
{
    public override string ToString() => Rule is null ? $"{File}: {Field}: {Message}" : $"{File}: rule {Rule}: {Field}: {Message}";
}

/// <summary>What became of reading a rule set.</summary>
public abstract record RuleSetLoad
{
    private RuleSetLoad()
    {
    }

    public sealed record Loaded(RuleSet RuleSet) : RuleSetLoad;

    /// <summary>Nothing was taken; every error found is listed.</summary>
    public sealed record Refused(IReadOnlyList<RuleSetError> Errors) : RuleSetLoad;
}
