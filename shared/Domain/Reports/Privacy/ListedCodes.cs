using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Privacy;

/// <summary>How the codes that a table lists of a dimension sum.</summary>
internal sealed class ListedCodes
{
    private readonly Dictionary<Code, IReadOnlyList<Code>> parts = [];

    /// <exception cref="ArgumentException">A total is listed with some of its parts and not with others.</exception>
    public ListedCodes(Dimension dimension)
    {
        var listed = dimension.Codes.ToHashSet();
        foreach (var code in dimension.Hierarchy.Codes.Where(listed.Contains))
        {
            var children = dimension.Hierarchy.ChildrenOf(code);
            var shown = children.Where(listed.Contains).ToList();
            if (shown.Count == children.Count || shown.Count == 0) parts[code] = shown;
            else throw new ArgumentException($"{dimension.Name} lists {code} with some of its parts only: list all of them or none.", nameof(dimension));
        }
        ParentsFirst = [.. parts.Keys];
        var below = parts.Values.SelectMany(p => p).ToHashSet();
        Roots = [.. ParentsFirst.Where(c => !below.Contains(c))];
    }

    public IReadOnlyList<Code> ParentsFirst { get; }

    public IReadOnlyList<Code> Roots { get; }

    public IEnumerable<Code> Finest => ParentsFirst.Where(c => parts[c].Count == 0);

    public IReadOnlyList<Code> PartsOf(Code code) => parts[code];

    /// <summary>Codes from the top to the finest below it, both counted.</summary>
    public int Levels => Roots.Max(Depth);

    public int FinestUnder(Code code) => parts[code] is { Count: > 0 } below ? below.Sum(FinestUnder) : 1;

    private int Depth(Code code) => 1 + parts[code].Select(Depth).DefaultIfEmpty(0).Max();
}
