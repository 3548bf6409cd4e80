using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Benchmarks.Suppression;

/// <summary>A district's releases, one a week: pupils screened by level, and referrals opened, acknowledged and closed, all by school and
/// grade; at a term's end also the term's referrals by school, which sum over the weeks. Eight measures: screened, four levels, three
/// kinds of referral.</summary>
public sealed class SuppressionDistrict
{
    private const int Grades = 13;
    private const int WeeksInTerm = 13;
    private static readonly string[] Flows = ["opened", "acknowledged", "closed"];
    private static readonly string[] Levels = ["None", "Watch", "Raised", "High"];
    private readonly Random random = new(5);
    private readonly Code[] schools;
    private readonly Code[] grades = [.. Enumerable.Range(0, Grades).Select(g => new Code($"grade {g}"))];
    private readonly int[,] pupils;
    private readonly Dictionary<(string Flow, int Week, int School), long> counted = [];

    public SuppressionDistrict(int schoolCount)
    {
        schools = [.. Enumerable.Range(1, schoolCount).Select(s => new Code($"school {s:000}"))];
        pupils = new int[schoolCount, Grades];
        for (var s = 0; s < schoolCount; s++)
        {
            // A third each: primary, secondary, all through.
            var kind = random.Next(3);
            for (var g = 0; g < Grades; g++) pupils[s, g] = (kind == 0 && g > 5) || (kind == 1 && g < 6) ? 0 : random.Next(20, 80);
        }
    }

    /// <summary>The release of a week, from 1; weeks are made in order.</summary>
    public Release Week(int week)
    {
        var code = new Code($"W{week:00}");
        var weekly = Dimension.Group("week", Hierarchy.Separate(code));
        var school = Dimension.Group("school", Hierarchy.Flat("district", schools));
        var grade = Dimension.Group("grade", Hierarchy.Flat("all grades", grades));
        var level = Dimension.Property("level", Hierarchy.Flat("screened", Levels.Select(l => new Code(l))));
        var tables = new List<CountTable> { CountTable.RollUp(new TableShape("levels", "pupils screened", [weekly, school, grade, level]), LevelLeaves(code)) };
        foreach (var flow in Flows)
        {
            tables.Add(CountTable.RollUp(new TableShape(flow, $"referrals {flow}", [weekly, school, grade]), FlowLeaves(flow, week, code)));
            if (week % WeeksInTerm == 0) tables.Add(Term(flow, week, school));
        }
        return new Release($"2026-{code}", tables);
    }

    private List<Leaf> LevelLeaves(Code week) => [.. Cells().SelectMany(cell =>
    {
        var counts = new long[Levels.Length];
        for (var k = 0; k < pupils[cell.School, cell.Grade]; k++)
            counts[random.NextDouble() switch { < 0.90 => 0, < 0.96 => 1, < 0.99 => 2, _ => 3 }]++;
        return Levels.Select((level, i) => new Leaf([week, schools[cell.School], grades[cell.Grade], level], counts[i]));
    })];

    private List<Leaf> FlowLeaves(string flow, int week, Code code) => [.. Cells().Select(cell =>
    {
        long count = 0;
        for (var k = 0; k < pupils[cell.School, cell.Grade]; k++)
            if (random.NextDouble() < 0.01) count++;
        counted[(flow, week, cell.School)] = counted.GetValueOrDefault((flow, week, cell.School)) + count;
        return new Leaf([code, schools[cell.School], grades[cell.Grade]], count);
    })];

    private CountTable Term(string flow, int last, Dimension school)
    {
        var term = new Code($"T{last / WeeksInTerm}");
        var weeks = Enumerable.Range(last - WeeksInTerm + 1, WeeksInTerm).ToList();
        var hierarchy = Hierarchy.Forest([(null, term), .. weeks.Select(w => ((Code?)term, new Code($"W{w:00}")))]);
        return CountTable.RollUp(
            new TableShape($"{flow} in the term", $"referrals {flow}", [new Dimension("week", DimensionKind.Group, hierarchy, [term]), school]),
            weeks.SelectMany(w => schools.Select((code, s) => new Leaf([$"W{w:00}", code], counted[(flow, w, s)]))));
    }

    private IEnumerable<(int School, int Grade)> Cells() =>
        Enumerable.Range(0, schools.Length).SelectMany(s => Enumerable.Range(0, Grades).Select(g => (s, g)));
}
