namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>How a dimension's codes sum: each parent is the sum of its children. A tree under one code that stands for everything,
/// or codes side by side that do not sum (the weeks of a measure that is a state, not a flow).</summary>
public sealed class Hierarchy
{
    private readonly Dictionary<Code, Code[]> children;
    private readonly Dictionary<Code, Code> parents;

    private Hierarchy(Code? everything, IReadOnlyList<Code> codes, Dictionary<Code, Code[]> children)
    {
        Everything = everything;
        Codes = codes;
        this.children = children;
        parents = children.SelectMany(c => c.Value.Select(child => (child, c.Key))).ToDictionary();
    }

    /// <summary>The code that covers whatever the table counts: a table without this dimension shows the same cells. Null where the codes
    /// do not sum to such a whole.</summary>
    public Code? Everything { get; }

    /// <summary>Every code once, a parent before its children.</summary>
    public IReadOnlyList<Code> Codes { get; }

    public IEnumerable<Code> Parents => children.Keys;

    /// <summary>Empty for a leaf.</summary>
    public IReadOnlyList<Code> ChildrenOf(Code code) => children.GetValueOrDefault(code) ?? [];

    /// <summary>Null at the top.</summary>
    public Code? ParentOf(Code code) => parents.TryGetValue(code, out var parent) ? parent : default(Code?);

    /// <summary>Parts that sum to everything.</summary>
    public static Hierarchy Flat(Code everything, IEnumerable<Code> parts) => Tree(everything, parts.Select(part => (everything, part)));

    /// <summary>Codes that do not sum to anything.</summary>
    public static Hierarchy Separate(params IEnumerable<Code> codes) => Forest(codes.Select(code => ((Code?)null, code)));

    /// <param name="branches">Parent and child, in the order they are to be shown.</param>
    /// <exception cref="ArgumentException">A code has two parents, is its own ancestor, or hangs under none.</exception>
    public static Hierarchy Tree(Code everything, IEnumerable<(Code Parent, Code Child)> branches)
    {
        var forest = Forest(branches.Select(b => ((Code?)b.Parent, b.Child)).Prepend((null, everything)));
        return new Hierarchy(everything, forest.Codes, forest.children);
    }

    /// <summary>Trees side by side: weeks that sum to terms, where terms do not sum. A branch without a parent begins a tree.</summary>
    /// <exception cref="ArgumentException">A code has two parents, is its own ancestor, or hangs under none.</exception>
    public static Hierarchy Forest(IEnumerable<(Code? Parent, Code Child)> branches)
    {
        var parents = new Dictionary<Code, Code?>();
        var below = new Dictionary<Code, List<Code>>();
        var roots = new List<Code>();
        foreach (var (parent, child) in branches)
        {
            if (!parents.TryAdd(child, parent)) throw new ArgumentException($"{child} has two places in the hierarchy.");
            if (parent is not { } above)
            {
                roots.Add(child);
                continue;
            }
            if (!below.TryGetValue(above, out var list)) below[above] = list = [];
            list.Add(child);
        }

        var codes = new List<Code>(parents.Count);
        var waiting = new Queue<Code>(roots);
        while (waiting.TryDequeue(out var code))
        {
            codes.Add(code);
            foreach (var child in below.GetValueOrDefault(code) ?? []) waiting.Enqueue(child);
        }
        if (codes.Count < parents.Count)
            throw new ArgumentException($"{parents.Keys.Except(codes).First()} hangs under no code of the hierarchy.");
        return new Hierarchy(null, codes, below.ToDictionary(b => b.Key, b => b.Value.ToArray()));
    }
}
