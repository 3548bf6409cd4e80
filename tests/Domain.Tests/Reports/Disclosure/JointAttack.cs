using Google.OrTools.LinearSolver;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>What an attacker makes of a hidden cell.</summary>
internal sealed record AttackedCell(string Cell, double Least, double Most)
{
    public double Width => Most - Least;
}

/// <summary>The attacker: takes every published table of every release, writes down each cell once and every sum he knows of, and asks a
/// linear program (GLOP) for the least and the most each hidden cell can be. Shares no code with what hides: it numbers cells and finds sums
/// in its own way.</summary>
internal sealed class JointAttack
{
    private readonly Dictionary<string, int> cells = [];
    private readonly List<string> names = [];
    private readonly List<long?> values = [];
    private readonly HashSet<string> sumKeys = [];
    private readonly List<(int Total, List<int> Parts)> sums = [];

    public JointAttack(params IReadOnlyList<PublishedRelease> releases)
    {
        foreach (var table in releases.SelectMany(r => r.Tables))
            for (var i = 0; i < table.Shape.Count; i++) Learn(NameOf(table.Shape, table.Shape.CodesAt(i)), table.Counts[i]);
        foreach (var table in releases.SelectMany(r => r.Tables)) LearnSums(table.Shape);
    }

    public int Hidden => values.Count(v => v is null);

    public IEnumerable<string> HiddenNames => names.Where((_, i) => values[i] is null);

    /// <summary>What is published of a cell, or null.</summary>
    public long? ValueOf(string name) => values[cells[name]];

    /// <summary>The interval of every hidden cell, or of those named.</summary>
    public List<AttackedCell> Run(Func<string, bool>? which = null)
    {
        var found = new List<AttackedCell>();
        foreach (var block in Blocks())
        {
            var wanted = block.Where(c => which?.Invoke(names[c]) ?? true).ToList();
            if (wanted.Count == 0) continue;
            using var solver = Solver.CreateSolver("GLOP");
            var unknown = block.ToDictionary(c => c, _ => solver.MakeNumVar(0, double.PositiveInfinity, ""));
            foreach (var (total, parts) in sums.Where(s => s.Parts.Append(s.Total).Any(unknown.ContainsKey)))
            {
                double rest = values[total] ?? 0;
                var sum = solver.MakeConstraint("");
                if (values[total] is null) sum.SetCoefficient(unknown[total], -1);
                foreach (var part in parts)
                    if (values[part] is { } known) rest -= known;
                    else sum.SetCoefficient(unknown[part], 1);
                sum.SetBounds(rest, rest);
            }
            foreach (var cell in wanted) found.Add(new AttackedCell(names[cell], Extreme(solver, unknown[cell], maximize: false), Extreme(solver, unknown[cell], maximize: true)));
        }
        return found;
    }

    public static string NameOf(TableShape shape, IReadOnlyList<Code> codes) =>
        shape.Universe + string.Concat(
            shape.Dimensions.Select((d, i) => (d.Name, Code: codes[i], d.Hierarchy.Everything))
                .Where(p => p.Code != p.Everything).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $" {p.Name}:{p.Code}"));

    private static double Extreme(Solver solver, Variable cell, bool maximize)
    {
        var objective = solver.Objective();
        objective.Clear();
        objective.SetCoefficient(cell, 1);
        objective.SetOptimizationDirection(maximize);
        return solver.Solve() switch
        {
            Solver.ResultStatus.OPTIMAL => objective.Value(),
            Solver.ResultStatus.UNBOUNDED => double.PositiveInfinity,
            // GLOP does not always say which of the two it is; the true table is feasible.
            Solver.ResultStatus.INFEASIBLE or Solver.ResultStatus.ABNORMAL when maximize => double.PositiveInfinity,
            var status => throw new InvalidOperationException($"The attacker's program ended {status}."),
        };
    }

    private void Learn(string name, long? value)
    {
        if (!cells.TryGetValue(name, out var cell))
        {
            cells[name] = names.Count;
            names.Add(name);
            values.Add(value);
        }
        else if (value is not null)
        {
            Assert.True(values[cell] is null || values[cell] == value, $"{name} is published with two values.");
            values[cell] = value;
        }
    }

    private void LearnSums(TableShape shape)
    {
        for (var i = 0; i < shape.Count; i++)
        {
            var codes = shape.CodesAt(i);
            for (var d = 0; d < codes.Length; d++)
            {
                var children = shape.Dimensions[d].Hierarchy.ChildrenOf(codes[d]);
                if (children.Count == 0) continue;
                var parts = children.Select(child => NameOf(shape, [.. codes.Select((c, k) => k == d ? child : c)])).ToList();
                if (parts.TrueForAll(p => !cells.ContainsKey(p))) continue;
                var total = NameOf(shape, codes);
                if (!sumKeys.Add(total + " = " + string.Join(" + ", parts))) continue;
                foreach (var part in parts) Learn(part, null);
                sums.Add((cells[total], [.. parts.Select(p => cells[p])]));
            }
        }
    }

    private List<List<int>> Blocks()
    {
        var beside = new Dictionary<int, List<int>>();
        foreach (var (total, parts) in sums)
        {
            var hidden = parts.Append(total).Where(c => values[c] is null).ToList();
            foreach (var cell in hidden)
            {
                if (!beside.TryGetValue(cell, out var list)) beside[cell] = list = [];
                list.AddRange(hidden);
            }
        }
        var blocks = new List<List<int>>();
        var seen = new HashSet<int>();
        for (var start = 0; start < values.Count; start++)
        {
            if (values[start] is not null || !seen.Add(start)) continue;
            var block = new List<int> { start };
            for (var i = 0; i < block.Count; i++)
                block.AddRange((beside.GetValueOrDefault(block[i]) ?? []).Where(seen.Add));
            blocks.Add(block);
        }
        return blocks;
    }
}
