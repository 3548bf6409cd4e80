using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Demo;

namespace SchoolSignal.Domain.Tests.Demo;

/// <summary>What a generated district comes to, counted straight from its marks. Sessions of the register that was not
/// taken are left out, as screening leaves them out. A spell still running on the last day is not counted.</summary>
internal sealed class DemoStatistics
{
    private readonly DemoDistrict district;
    private readonly List<(int Possible, int Absent, int AbsentDays, bool AllYear)> pupils = [];
    private readonly List<int> spells = [];
    private readonly Dictionary<DateOnly, (int Possible, int Absent)> days = [];
    private long ill, unauthorised, late;

    public DemoStatistics(DemoDistrict district)
    {
        this.district = district;
        foreach (var school in district.Schools)
            for (var slot = 0; slot < school.SlotCount; slot++)
                Count(school, slot);
    }

    public double AbsenceRate => (double)Absent / Possible;

    public double LateRate => (double)late / Possible;

    public double IllnessShare => (double)ill / Absent;

    public double UnauthorisedShare => (double)unauthorised / Absent;

    /// <summary>Of the spells of pupils who came at least half the time.</summary>
    public double OneDaySpellShare => (double)spells.Count(days => days == 1) / spells.Count;

    public double MeanSpellDays => spells.Average();

    /// <summary>Size k of the negative binomial by moments, mean² ÷ (variance − mean), over pupils on roll all year who came
    /// at least half the time: the few who hardly come are a kind of their own.</summary>
    public double DispersionK
    {
        get
        {
            var counts = pupils.Where(pupil => pupil.AllYear && 2 * pupil.Absent < pupil.Possible).Select(pupil => (double)pupil.AbsentDays).ToArray();
            var mean = counts.Average();
            return mean * mean / (counts.Average(count => (count - mean) * (count - mean)) - mean);
        }
    }

    /// <summary>Share of pupils missing at least this much, of those with 20 possible sessions or more.</summary>
    public double ShareMissing(double rate) =>
        (double)pupils.Count(pupil => pupil.Possible >= 20 && pupil.Absent >= rate * pupil.Possible) / pupils.Count(pupil => pupil.Possible >= 20);

    /// <summary>Of absences in weeks of five school days at every school, the share on Mondays and Fridays.</summary>
    public double MondayAndFridayShare
    {
        get
        {
            var weeks = days.GroupBy(day => day.Key.AddDays(-(int)day.Key.DayOfWeek)).Where(IsFull).SelectMany(week => week).ToArray();
            return (double)weeks.Where(day => day.Key.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Friday).Sum(day => day.Value.Absent)
                / weeks.Sum(day => day.Value.Absent);
        }
    }

    private static bool IsFull(IEnumerable<KeyValuePair<DateOnly, (int Possible, int Absent)>> week) =>
        week.Count() == 5 && week.Min(day => day.Value.Possible) > 0.9 * week.Max(day => day.Value.Possible);

    public double RateOn(Func<DateOnly, bool> which) =>
        (double)days.Where(day => which(day.Key)).Sum(day => day.Value.Absent) / days.Where(day => which(day.Key)).Sum(day => day.Value.Possible);

    private long Possible => pupils.Sum(pupil => (long)pupil.Possible);

    private long Absent => pupils.Sum(pupil => (long)pupil.Absent);

    private void Count(DemoSchool school, int slot)
    {
        int possible = 0, absent = 0, absentDays = 0, run = 0;
        var ownSpells = new List<int>();
        for (var day = 0; day < school.Calendar.Days.Count; day++)
        {
            var wholeDay = true;
            int dayPossible = 0, dayAbsent = 0;
            var date = school.Calendar.Days[day];
            for (var session = 0; session < school.SessionsPerDay; session++)
            {
                var mark = school.MarkAt(day, session, slot);
                wholeDay &= mark.IsAbsent;
                if (!mark.IsPossible || (date == DemoEvents.UntakenRegister && session == 1 && school == district.Schools[0])) continue;
                dayPossible++;
                if (mark.Category == MarkCategory.Late) late++;
                if (mark.IsAbsent) dayAbsent++;
                if (mark.IsUnauthorised) unauthorised++;
                if (mark.IsAbsent && mark.Reason == MarkReason.Illness) ill++;
            }
            possible += dayPossible;
            absent += dayAbsent;
            ref var total = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(days, date, out _);
            total = (total.Possible + dayPossible, total.Absent + dayAbsent);
            if (wholeDay)
            {
                absentDays++;
                run++;
            }
            else if (run > 0)
            {
                ownSpells.Add(run);
                run = 0;
            }
        }
        if (2 * absent < possible) spells.AddRange(ownSpells);
        pupils.Add((possible, absent, absentDays, possible >= school.SessionsPerDay * (school.Calendar.Days.Count - 1)));
    }
}
