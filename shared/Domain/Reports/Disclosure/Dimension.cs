namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What a dimension says of a pupil.</summary>
public enum DimensionKind
{
    /// <summary>Where and when: school, grade, week. Anybody may know it of a pupil.</summary>
    Group,
    /// <summary>What is found: level, sign, verdict. Where everybody or nobody of a group has it, the group's size says it of each.</summary>
    Property,
}

/// <summary>A dimension of a table.</summary>
/// <param name="Name">What links it with the same dimension of other tables.</param>
/// <param name="Codes">The codes that the table lists, in its order; all of them are of the hierarchy. A code of the hierarchy that no
/// table lists, such as a week shown in an earlier release, is still known to sum.</param>
public sealed record Dimension(string Name, DimensionKind Kind, Hierarchy Hierarchy, IReadOnlyList<Code> Codes)
{
    /// <summary>A dimension that lists every code of its hierarchy.</summary>
    public Dimension(string name, DimensionKind kind, Hierarchy hierarchy)
        : this(name, kind, hierarchy, hierarchy.Codes)
    {
    }

    public static Dimension Group(string name, Hierarchy hierarchy) => new(name, DimensionKind.Group, hierarchy);

    public static Dimension Property(string name, Hierarchy hierarchy) => new(name, DimensionKind.Property, hierarchy);
}
