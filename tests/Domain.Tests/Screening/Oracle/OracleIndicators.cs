using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

/// <summary>Every indicator, slowly, from a list of days (evidence.md §9 and §8). Shares no code with the fast one.</summary>
internal sealed class OracleIndicators
{
    private readonly List<OracleDay> days;
    private readonly ModelPupil pupil;
    private readonly DateOnly asOf;

    public OracleIndicators(ModelPupil pupil, List<OracleDay> days, DateOnly asOf)
    {
        (this.pupil, this.days, this.asOf) = (pupil, days, asOf);
        Register();
        Patterns();
        Observed();
    }

    public Dictionary<string, double?> Values { get; } = [];

    public Dictionary<string, List<DateOnly>> Dates { get; } = [];

    /// <summary>By indicator of the forms: the dates of those that reach a value.</summary>
    public Dictionary<string, Func<int, List<DateOnly>>> FormDates { get; } = [];

    public List<OracleDay> Last20 => [.. days.TakeLast(20)];

    public List<OracleDay> Last45 => [.. days.TakeLast(45)];

    public List<OracleDay> Previous60 => [.. days.SkipLast(20).TakeLast(60)];

    public List<OracleDay> Previous20 => [.. days.SkipLast(20).TakeLast(20)];

    public static double? Rate(List<OracleDay> days) => Share(days.Sum(d => d.AbsentOnes.Count()), days.Sum(d => d.Possible.Count()));

    /// <summary>Maximal runs of absent days, blank days dropped first.</summary>
    public List<List<OracleDay>> Spells()
    {
        var spells = new List<List<OracleDay>>();
        var open = false;
        foreach (var day in days.Where(d => !d.Blank))
        {
            if (day.AbsentDay && !open) spells.Add([]);
            if (day.AbsentDay) spells[^1].Add(day);
            open = day.AbsentDay;
        }
        return spells;
    }

    public static bool IsIllness(List<OracleDay> spell) => spell.All(d => d.AbsentOnes.All(s => s.Mark.Reason == MarkReason.Illness));

    public List<OracleDay> CurrentRun()
    {
        var counted = days.Where(d => !d.Blank).ToList();
        return [.. counted.Skip(counted.FindLastIndex(d => !d.AbsentDay) + 1)];
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private void Put(string name, double? value, IEnumerable<OracleDay> behind)
    {
        Values[name] = value;
        Dates[name] = [.. behind.Select(d => d.Date)];
    }

    private void Days(string name, IEnumerable<OracleDay> behind)
    {
        var list = behind.ToList();
        Put(name, list.Count, list);
    }

    private void Rate(string name, List<OracleDay> window) =>
        Put(name, Rate(window), Rate(window) is null ? [] : window.Where(d => d.AbsentOnes.Any()));

    private static int Lates(IEnumerable<OracleDay> window) => window.Sum(d => d.Sessions.Count(s => s.Mark.Category == MarkCategory.Late));

    private static IEnumerable<OracleDay> LateDays(IEnumerable<OracleDay> window) => window.Where(d => Lates([d]) > 0);

    private void Register()
    {
        Put("possibleSessions", days.Sum(d => d.Possible.Count()), days.Where(d => !d.Blank));
        Put("absentSessions", days.Sum(d => d.AbsentOnes.Count()), days.Where(d => d.AbsentOnes.Any()));
        Rate("absenceRateYearToDate", days);
        Days("absentDays", days.Where(d => d.AbsentDay));
        Days("unauthorisedDays", days.Where(d => d.AbsentDay && d.Sessions.Any(s => s.Unauthorised)));
        Put("lateCount", Lates(days), LateDays(days));
        Days("partialDays", days.Where(d => d.Partial));
        Put("spells", Spells().Count, days.Where(d => d.AbsentDay));
        Days("longestRunDays", Spells().OrderByDescending(s => s.Count).FirstOrDefault() ?? []);
        Days("currentRunDays", CurrentRun());
        Put("illnessSpells", Spells().Count(IsIllness), Spells().Where(IsIllness).SelectMany(s => s));
        Days("firstDayBackAbsences", days.Where(d => d.AbsentDay && d.FirstBack));
        Rate("last20AbsenceRate", Last20);
        Rate("last45AbsenceRate", Last45);
        Rate("previous60AbsenceRate", Previous60);
        var schoolRates = Last20.SelectMany(d => d.Possible.Select(s => OracleSchool.Rate(s.School, d.Date, s.Session))).ToList();
        var mean = schoolRates.Any(r => r is not null) ? schoolRates.Average() : null;
        Put("peerExcess", Rate(Last20) - mean, mean is null ? [] : Last20.Where(d => d.AbsentOnes.Any()));
        Days("possibleDays", days.Where(d => !d.Blank));
        Days("last45PossibleDays", Last45.Where(d => !d.Blank));
        Days("previous60PossibleDays", Previous60.Where(d => !d.Blank));
        Put("last20LateCount", Lates(Last20), LateDays(Last20));
        Put("last20LateRate", Share(Lates(Last20), Last20.Sum(d => d.Possible.Count())), LateDays(Last20));
        Put("previous60LateRate", Share(Lates(Previous60), Previous60.Sum(d => d.Possible.Count())), LateDays(Previous60));
        Days("last20PartialDays", Last20.Where(d => d.Partial));
        Rate("previous20AbsenceRate", Previous20);
        Days("previous20AbsentDays", Previous20.Where(d => d.AbsentDay));
    }

    private void Patterns()
    {
        var run = CurrentRun();
        Put("currentRunAllMedical", run.Count > 0 && run.All(d => d.AbsentOnes.All(s => s.Mark.Reason == MarkReason.Medical)) ? 1 : 0, run);
        var begun = Spells().Where(s => Last45.Contains(s[0])).ToList();
        Put("last45SpellsBegun", begun.Count, begun.SelectMany(s => s));
        var brief = begun.Where(s => IsIllness(s) && s.Count <= 2).ToList();
        Put("last45ShortIllnessSpells", brief.Count, brief.SelectMany(s => s));
        Days("last20UnexplainedDays", Last20.Where(d => d.AbsentDay && (
            d.Sessions.Any(s => s.Unauthorised && s.Mark.Reason != MarkReason.NoReasonYet)
            || (d.Sessions.Any(s => s.Absent && s.Mark.Reason == MarkReason.NoReasonYet) && days.Count(later => later.Date > d.Date) > 5))));
        Days("last45AbsentDays", Last45.Where(d => d.AbsentDay));
        var back = Last45.Where(d => d.AbsentDay && d.FirstBack).ToList();
        Days("last45FirstDayBackAbsences", back);
        var absent = Last45.Count(d => d.AbsentDay);
        var share = Share(Last45.Count(d => !d.Blank && d.FirstBack), Last45.Count(d => !d.Blank));
        Put("last45FirstDayBackChance", absent == 0 ? null : Tail(back.Count, absent, share!.Value), absent == 0 ? [] : back);

        var missed = pupil.Sections.Where(s => s.Mark.Category == MarkCategory.Absent)
            .GroupBy(s => (s.School, s.Section)).OrderBy(g => g.Key.Section, StringComparer.Ordinal).ThenBy(g => g.Key.School, StringComparer.Ordinal)
            .Select(g => Last20.Where(d => d.Attended && g.Any(s => s.Date == d.Date)).ToList())
            .OrderByDescending(d => d.Count).FirstOrDefault() ?? [];
        Days("last20SameSectionAbsences", missed);
    }

    /// <summary>P(X ≥ x), term by term with exact binomial coefficients.</summary>
    private static double Tail(int x, int n, double p)
    {
        double sum = 0;
        for (var k = x; k <= n; k++)
        {
            var choose = System.Numerics.BigInteger.One;
            for (var i = 1; i <= k; i++) choose = choose * (n - k + i) / i;
            sum += (double)choose * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
        }
        return sum;
    }

    private void Observed()
    {
        var window = Last20.Count == 0 ? [] : pupil.Forms.Where(f => f.Date >= Last20[0].Date && f.Date <= asOf).ToList();
        static int Withdrawing(Observation f) => Enumerable.Range(1, 4).Count(i => f.Item(i) is >= 3);
        Forms("withdrawingItems", window.Count == 0 ? null : window.Max(Withdrawing), value => window.Where(f => Withdrawing(f) >= value));
        Forms("withdrawingObservers",
            window.Count == 0 ? null : window.Where(f => Withdrawing(f) >= 3).Select(f => f.Observer).Distinct().Count(),
            _ => window.Where(f => Withdrawing(f) >= 3));
        Highest("observedAches", 5);
        Highest("observedSleepiness", 7);
        Highest("observedSelfCare", 8);
        Highest("observedAffect", 9, 10);
        Highest("observedDropping", 11, 12);
        Highest("observedConnection", 13);

        static decimal? Total(Observation f)
        {
            var answers = f.Items.Take(12).Where(a => a is not null).Select(a => (decimal)a!).ToList();
            return answers.Count < 8 ? null : answers.Sum() * 12 / answers.Count;
        }

        var latest = window.Where(f => Total(f) is not null).OrderBy(f => f.Date).ThenBy(Total).LastOrDefault();
        var earlier = latest is null ? [] : pupil.Forms.Where(f => f.Date < latest.Date && Total(f) is not null).Select(f => Total(f)!.Value).Order().ToList();
        var change = earlier.Count < 2 ? null
            : Total(latest!) - ((earlier[(earlier.Count - 1) / 2] + earlier[earlier.Count / 2]) / 2);
        Values["observedChange"] = (double?)change;
        Dates["observedChange"] = change is null ? [] : [latest!.Date];

        void Highest(string name, params int[] items) => Forms(
            name, window.SelectMany(f => items.Select(i => (int?)f.Item(i))).Max(),
            value => window.Where(f => items.Any(i => f.Item(i) >= value)));

        void Forms(string name, int? value, Func<int, IEnumerable<Observation>> behind)
        {
            Values[name] = value;
            FormDates[name] = atLeast => [.. behind(atLeast).Select(f => f.Date).Distinct().Order()];
            Dates[name] = value is null ? [] : FormDates[name](value.Value);
        }
    }
}
