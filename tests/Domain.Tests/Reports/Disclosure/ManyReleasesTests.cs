using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P4: a year of weekly releases with late corrections and term totals, all of them before the attacker at once.</summary>
public sealed class ManyReleasesTests(ITestOutputHelper output)
{
    private const int Weeks = 52;
    private const int WeeksInTerm = 13;
    private const double Rounding = 1e-6;
    private static readonly SuppressionPolicy Policy = new();

    [Fact]
    public void P4_FiftyTwoWeeksWithCorrections_NothingFromAllTogether()
    {
        var year = new Year(seed: 4);
        var releases = new List<PublishedRelease>();
        var (hidden, cells, refused) = (0, 0, 0);
        foreach (var release in year.Releases())
        {
            var result = SmallCellSuppression.Protect(release, releases, Policy);
            if (result is not ProtectionResult.Protected { Release: var published, Certificate: var certificate, Summary: var summary })
            {
                output.WriteLine(string.Join('\n', ((ProtectionResult.Refused)result).Reasons.Take(3)));
                refused++;
                continue;
            }
            Assert.Empty(CertificateVerifier.Verify(published, certificate, releases).Findings);
            releases.Add(published);
            hidden += summary.Primary + summary.Complementary;
            cells += summary.Cells;
        }
        Assert.Equal(0, refused);

        var attack = new JointAttack(releases);
        var attacked = attack.Run();
        Assert.All(attacked, c => Assert.True(c.Width >= Policy.Width - Rounding, c.ToString()));
        var changes = Changes(attack, releases);
        Assert.DoesNotContain(changes, change => change is > 0 and < SuppressionPolicy.DefaultThreshold);

        // The same weeks, each protected as if it were the only one.
        var alone = year.Releases().Select(r => SmallCellSuppression.Protect(r, [], Policy)).OfType<ProtectionResult.Protected>().Select(r => r.Release).ToList();
        var lost = new JointAttack(alone).Run();
        output.WriteLine(
            $"P4: {releases.Count} releases of {Weeks} weeks (seed 4), {cells} cells, {hidden} hidden; attacked together {attacked.Count}, too narrow 0, narrowest {attacked.Min(c => c.Width):0.#}; "
            + $"corrected cells shown twice {changes.Count}, changed by 1 to 9: 0; each protected alone, together {lost.Count(c => c.Width < Policy.Width - Rounding)} too narrow, "
            + $"{lost.Count(c => c.Width < Rounding)} exact, {Changes(new JointAttack(alone), alone).Count(c => c is > 0 and < 10)} changes of 1 to 9");
        Assert.Contains(lost, c => c.Width < Policy.Width - Rounding);
    }

    /// <summary>By how much cells differ from their first revision, where both are shown.</summary>
    private static List<long> Changes(JointAttack attack, IReadOnlyList<PublishedRelease> releases)
    {
        var changes = new List<long>();
        foreach (var table in releases.SelectMany(r => r.Tables))
            for (var i = 0; i < table.Shape.Count; i++)
            {
                var codes = table.Shape.CodesAt(i);
                if (codes[0].Revision == 1 || table.Counts[i] is not { } now) continue;
                if (attack.ValueOf(JointAttack.NameOf(table.Shape, [new Code(codes[0].Name), .. codes.Skip(1)])) is { } first) changes.Add(Math.Abs(now - first));
            }
        return changes;
    }

    /// <summary>Ten schools: levels of every week, referrals opened of every week and, at a term's end, of the term; in every fourth week the
    /// week before is corrected.</summary>
    private sealed class Year(int seed)
    {
        private static readonly Code[] Schools = [.. Enumerable.Range(1, 10).Select(i => new Code($"school {i}"))];
        private static readonly string[] Levels = ["none", "watch", "raised", "high"];
        private readonly Random random = new(seed);
        private readonly Dictionary<(Code School, int Week), int> opened = [];
        private readonly Dictionary<int, Code> latest = [];
        private List<Release>? releases;

        public IReadOnlyList<Release> Releases() => releases ??= Make();

        private List<Release> Make()
        {
            var made = new List<Release>();
            var before = new List<Leaf>();
            for (var week = 1; week <= Weeks; week++)
            {
                var code = latest[week] = new Code($"W{week:00}");
                var levels = LevelsOf(code);
                foreach (var school in Schools) opened[(school, week)] = random.Next(6, 30);
                if (week % 4 == 0)
                {
                    var again = latest[week - 1] = new Code($"W{week - 1:00}", 2);
                    foreach (var school in Schools.Where(_ => random.Next(4) == 0)) opened[(school, week - 1)] += random.Next(1, 3);
                    made.Add(new Release($"{again}", [LevelTable(again, Corrected(before, again)), Opened([again], Week(again))]));
                }
                var tables = new List<CountTable> { LevelTable(code, levels), Opened([code], Week(code)) };
                if (week % WeeksInTerm == 0) tables.Add(Term(week / WeeksInTerm));
                made.Add(new Release($"{code}", tables));
                before = levels;
            }
            return made;
        }

        private List<Leaf> LevelsOf(Code week) =>
            [.. Schools.SelectMany((school, i) => Levels.Select((level, l) =>
                new Leaf([week, school, level], l switch { 0 => 300 + 40 * i + random.Next(9), 1 => random.Next(5, 30), 2 => random.Next(1, 16), _ => random.Next(0, 9) })))];

        /// <summary>A few pupils go from one level to the next.</summary>
        private List<Leaf> Corrected(List<Leaf> leaves, Code again)
        {
            var counts = leaves.Select(l => l with { Codes = [again, .. l.Codes.Skip(1)] }).ToList();
            foreach (var i in Enumerable.Range(0, counts.Count - 1).Where(i => i % Levels.Length < 2 && random.Next(6) == 0))
            {
                counts[i] = counts[i] with { Count = counts[i].Count - 1 };
                counts[i + 1] = counts[i + 1] with { Count = counts[i + 1].Count + 1 };
            }
            return counts;
        }

        private static CountTable LevelTable(Code week, List<Leaf> leaves) => CountTable.RollUp(
            new TableShape("levels", "pupils screened",
            [
                Dimension.Group("week", Hierarchy.Separate(week)), Dimension.Group("school", Hierarchy.Flat("district", Schools)),
                Dimension.Property("level", Hierarchy.Flat("screened", Levels.Select(l => new Code(l)))),
            ]),
            leaves);

        private static Dimension Week(Code code) => Dimension.Group("week", Hierarchy.Separate(code));

        /// <summary>The weeks of the term as they were last counted.</summary>
        private CountTable Term(int term)
        {
            var weeks = Enumerable.Range((term - 1) * WeeksInTerm + 1, WeeksInTerm).Select(w => latest[w]).ToList();
            var code = new Code($"T{term}");
            var hierarchy = Hierarchy.Forest([(null, code), .. weeks.Select(w => ((Code?)code, w))]);
            return Opened(weeks, new Dimension("week", DimensionKind.Group, hierarchy, [code]));
        }

        private CountTable Opened(IReadOnlyList<Code> weeks, Dimension week) => CountTable.RollUp(
            new TableShape($"opened {week.Codes[0]}", "referrals opened", [week, Dimension.Group("school", Hierarchy.Flat("district", Schools))]),
            weeks.SelectMany(w => Schools.Select(s => new Leaf([w, s], opened[(s, int.Parse(w.Name[1..], System.Globalization.CultureInfo.InvariantCulture))]))));
    }
}
