using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>A week published earlier, with what was counted then.</summary>
public sealed record CountedWeek(ReportId Id, IReadOnlyList<SchoolCounts> Schools);

/// <summary>The tables of a report: which there are, over which categories, and how they sum. The shapes follow from what is public of a
/// report, so that its published numbers can be read back into them.</summary>
/// <param name="Counted">Schools whose pupils were counted, in order.</param>
/// <param name="All">All schools, in order: referrals are counted also where a feed is stale.</param>
/// <param name="Weeks">In a term: the published weeks inside it, in the revision last published. Their referrals sum to the term's.</param>
public sealed record ReportTables(ReportId Id, IReadOnlyList<SchoolId> Counted, IReadOnlyList<SchoolId> All, IReadOnlyList<ReportId> Weeks)
{
    public const string Pupils = "pupils";
    /// <summary>New signs of every family where chance is added.</summary>
    public const string Signs = "signs";
    public const string Sessions = "sessions";
    public const string Referrals = "referrals";

    /// <summary>The most sessions of one pupil in a week: two on each day.</summary>
    public const int SessionsOfWeek = 14;

    private const string PupilsScreened = "pupils screened";
    private const string RestOfTerm = "rest of ";

    private static readonly string[] Flows = [ReportCodes.Opened, ReportCodes.Acknowledged, ReportCodes.Closed];

    /// <summary>Whether the whole district is among the numbers. A revision that counts other schools than an earlier one leaves it out: the
    /// difference of the two wholes would tell of the schools that came or went.</summary>
    public bool ListsDistrict { get; init; } = true;

    /// <summary>Where small numbers are hidden, new signs stand beside the pupils without one, so that none and all of them are seen for what
    /// they are. Where chance is added, each number is drawn by itself.</summary>
    public ReportMode Mode { get; init; }

    private bool IsTerm => Id.Period.Kind == PeriodKind.Term;

    private Code Period => ReportCodes.Period(Id);

    /// <summary>The table of a family's new signs where small numbers are hidden.</summary>
    public static string SignsOf(RuleFamily family) => $"{Signs} of {family}";

    public static ReportTables Of(ReportId id, PeriodCounts counts, IReadOnlyList<ReportId> weeks)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return new ReportTables(
            id, [.. counts.Schools.Where(s => s.State == CountState.Counted).Select(s => s.School)], [.. counts.Schools.Select(s => s.School)], weeks);
    }

    /// <summary>In the order in which they are published. Sessions are a week's alone: a term's attendance is put together from what its
    /// weeks have shown.</summary>
    public IReadOnlyList<TableShape> Shapes()
    {
        var levels = Dimension.Property("level", Levels);
        var grades = Dimension.Group("grades", Hierarchy.Flat(ReportCodes.AllGrades, Enum.GetNames<GradeBand>().Select(name => new Code(name))));
        var marks = Dimension.Property("mark", Hierarchy.Flat(ReportCodes.AllMarks, [ReportCodes.Attended, ReportCodes.Absent]));
        var schools = SchoolsOf(Counted);
        var shapes = new List<TableShape>();
        if (Counted.Count > 0)
        {
            shapes.Add(new TableShape(Pupils, PupilsScreened, IsTerm ? [ThisPeriod, schools, grades, levels] : [ThisPeriod, schools, levels]));
            shapes.AddRange(SignShapes(schools));
            if (!IsTerm) shapes.Add(new TableShape(Sessions, "sessions", [ThisPeriod, schools, marks]) { PerPupil = SessionsOfWeek });
        }
        shapes.Add(new TableShape(Referrals, "referrals", [PeriodOfReferrals, SchoolsOf(All), Events]));
        return shapes;
    }

    /// <param name="weeks">The weeks of <see cref="Weeks"/>, as they were counted.</param>
    public Release Fill(PeriodCounts counts, IReadOnlyList<CountedWeek> weeks)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var counted = counts.Schools.Where(s => s.State == CountState.Counted).ToList();
        return new Release(Id.ToString(), [.. Shapes().Select(shape => CountTable.RollUp(shape, shape.Name switch
        {
            Pupils => counted.SelectMany(PupilLeaves),
            Signs => counted.SelectMany(SignLeaves),
            Sessions => counted.SelectMany(SessionLeaves),
            Referrals => ReferralLeaves(counts, weeks),
            _ => SignLeavesOf(shape.Name, counted),
        }))])
        {
            SparesTotals = true,
        };
    }

    /// <summary>The total of each is the pupils screened: the very cell of the table of pupils.</summary>
    private IEnumerable<TableShape> SignShapes(Dimension schools) => Mode == ReportMode.Noise
        ? [new TableShape(
            Signs, "pupils with a new sign",
            [ThisPeriod, schools, Dimension.Property("family", Hierarchy.Separate(SchoolCounts.Families.Select(family => new Code(family.ToString()))))])]
        : SchoolCounts.Families.Select(family => new TableShape(
            SignsOf(family), PupilsScreened,
            [ThisPeriod, schools, Dimension.Property($"sign of {family}", Hierarchy.Flat(ReportCodes.AllSigns, [ReportCodes.WithSign, ReportCodes.WithoutSign]))]));

    private static Hierarchy Levels { get; } = Hierarchy.Tree(
        ReportCodes.AllLevels,
        [
            (ReportCodes.AllLevels, nameof(Level.None)), (ReportCodes.AllLevels, nameof(Level.Watch)), (ReportCodes.AllLevels, ReportCodes.ToLookInto),
            (ReportCodes.ToLookInto, nameof(Level.Raised)), (ReportCodes.ToLookInto, nameof(Level.High)),
        ]);

    private Dimension ThisPeriod => Dimension.Group("period", Hierarchy.Separate(Period));

    /// <summary>A term's weeks, and what no published week has of it. That rest is listed: who has the term and its weeks has it too.</summary>
    private Dimension PeriodOfReferrals => IsTerm && Weeks.Count > 0
        ? new Dimension(
            "period", DimensionKind.Group,
            Hierarchy.Forest([(null, Period), .. Weeks.Select(week => ((Code?)Period, ReportCodes.Period(week))), (Period, Rest)]), [Period, Rest])
        : ThisPeriod;

    private Code Rest => new(RestOfTerm + Id);

    /// <summary>What is closed is closed with a verdict. A week's file lists them too, so that a term that sums its weeks gives none away.</summary>
    private static Dimension Events { get; } = new(
        "event", DimensionKind.Property,
        Hierarchy.Forest([.. Flows.Select(flow => ((Code?)null, new Code(flow))), .. Enum.GetNames<Verdict>().Select(name => ((Code?)ReportCodes.Closed, new Code(name)))]),
        [.. Flows.Concat(Enum.GetNames<Verdict>()).Select(name => new Code(name))]);

    private Dimension SchoolsOf(IReadOnlyList<SchoolId> schools)
    {
        var hierarchy = Hierarchy.Flat(ReportCodes.District(schools), schools.Select(ReportCodes.School));
        return ListsDistrict
            ? Dimension.Group("school", hierarchy)
            : new Dimension("school", DimensionKind.Group, hierarchy, [.. schools.Select(ReportCodes.School)]);
    }

    private IEnumerable<Leaf> PupilLeaves(SchoolCounts school)
    {
        foreach (var level in Enum.GetValues<Level>())
        {
            if (!IsTerm) yield return new Leaf([Period, ReportCodes.School(school.School), level.ToString()], school.Levels[(int)level]);
            else
                foreach (var band in Enum.GetValues<GradeBand>())
                    yield return new Leaf([Period, ReportCodes.School(school.School), band.ToString(), level.ToString()], school.LevelsByBand[(int)band][(int)level]);
        }
    }

    private IEnumerable<Leaf> SignLeaves(SchoolCounts school) => SchoolCounts.Families.Select((family, i) =>
        new Leaf([Period, ReportCodes.School(school.School), family.ToString()], school.NewSigns[i]));

    private IEnumerable<Leaf> SignLeavesOf(string table, IReadOnlyList<SchoolCounts> schools)
    {
        var i = SchoolCounts.Families.Select(SignsOf).ToList().IndexOf(table);
        if (i < 0) throw new InvalidOperationException("A table of a report is not handled.");
        foreach (var school in schools)
        {
            yield return new Leaf([Period, ReportCodes.School(school.School), ReportCodes.WithSign], school.NewSigns[i]);
            yield return new Leaf([Period, ReportCodes.School(school.School), ReportCodes.WithoutSign], school.Screened - school.NewSigns[i]);
        }
    }

    private IEnumerable<Leaf> SessionLeaves(SchoolCounts school)
    {
        yield return Of(ReportCodes.Attended, school.Sessions.Attended);
        yield return Of(ReportCodes.Absent, school.Sessions.Absent);

        Leaf Of(string mark, SessionCell cell) =>
            new([Period, ReportCodes.School(school.School), mark], cell.Sessions, cell.Pupils, [.. cell.Largest.Select(n => (long)n)]);
    }

    /// <summary>In a term the published weeks stand as they were counted for their reports; the rest is what the term's own count finds
    /// beyond them.</summary>
    private IEnumerable<Leaf> ReferralLeaves(PeriodCounts counts, IReadOnlyList<CountedWeek> weeks)
    {
        foreach (var school in counts.Schools)
        {
            var whole = EventsOf(school.Referrals).ToList();
            foreach (var week in weeks)
            {
                var ofWeek = EventsOf(week.Schools.FirstOrDefault(s => s.School == school.School)?.Referrals ?? ReferralCounts.None).ToList();
                for (var i = 0; i < whole.Count; i++)
                {
                    yield return new Leaf([ReportCodes.Period(week.Id), ReportCodes.School(school.School), whole[i].Event], ofWeek[i].Count);
                    whole[i] = (whole[i].Event, whole[i].Count - ofWeek[i].Count);
                }
            }
            foreach (var (what, count) in whole)
                yield return new Leaf([weeks.Count > 0 ? Rest : Period, ReportCodes.School(school.School), what], Math.Max(0, count));
        }
    }

    private static IEnumerable<(Code Event, int Count)> EventsOf(ReferralCounts referrals) =>
    [
        (ReportCodes.Opened, referrals.Opened),
        (ReportCodes.Acknowledged, referrals.Acknowledged),
        .. Enum.GetValues<Verdict>().Select(verdict => (new Code(verdict.ToString()), referrals.ByVerdict[(int)verdict])),
    ];
}
