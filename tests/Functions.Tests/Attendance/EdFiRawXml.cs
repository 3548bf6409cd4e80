using System.Globalization;
using System.Xml.Linq;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>The indicators of the Ed-Fi sample district, one day after another, straight from its XML: slow, and without a
/// line of the product. A day without an event is present.</summary>
internal static class EdFiRawXml
{
    /// <summary>By school and pupil, then by indicator, as of a day.</summary>
    public static Dictionary<(string School, string Student), Dictionary<string, double?>> Indicators(string samples, DateOnly asOf)
    {
        var terms = XDocument.Load(Path.Combine(samples, "EducationOrgCalendar.xml")).Root!.Elements()
            .Where(e => e.Name.LocalName == "Session")
            .Select(e => (School: Text(e, "SchoolId"), Begin: Day(Text(e, "BeginDate")), End: Day(Text(e, "EndDate")))).ToList();
        var events = XDocument.Load(Path.Combine(samples, "StudentSchoolAttendance.xml")).Root!.Elements()
            .Select(e => new Event(
                Text(e, "SchoolId"), Text(e, "StudentUniqueId"), Day(Text(e, "EventDate")),
                Text(e, "AttendanceEventCategory").Split('#')[1], Text(e, "AttendanceEventReason"))).ToList();
        var (first, last) = (events.Min(e => e.Date), events.Max(e => e.Date));

        bool IsSchoolDay(string school, DateOnly date) =>
            date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && terms.Any(t => t.School == school && date >= t.Begin && date <= t.End);

        var registers = events.GroupBy(e => (e.School, e.Student)).ToDictionary(g => g.Key, pupil =>
        {
            var days = new List<MarkedDay>();
            for (var date = first; date <= last && date <= asOf; date = date.AddDays(1))
            {
                if (!IsSchoolDay(pupil.Key.School, date)) continue;
                // Of two events on one day the greater absence holds.
                var said = pupil.Where(e => e.Date == date).OrderByDescending(Gravity).FirstOrDefault();
                days.Add(new MarkedDay(date, !IsSchoolDay(pupil.Key.School, date.AddDays(-1)), said));
            }
            return days;
        });

        // What the whole school did on a day. A register of ten or more with nobody present was not taken.
        var together = new Dictionary<(string School, DateOnly Date), (int All, int Absent)>();
        foreach (var ((school, _), days) in registers)
            foreach (var day in days)
            {
                var (all, absent) = together.GetValueOrDefault((school, day.Date));
                together[(school, day.Date)] = (all + 1, absent + (day.IsAbsent ? 1 : 0));
            }

        return registers.ToDictionary(r => r.Key, r =>
        {
            (int All, int Absent) SchoolOn(MarkedDay day) => together[(r.Key.School, day.Date)];
            var days = r.Value.ConvertAll(day => SchoolOn(day) is { All: >= 10 } of && of.All == of.Absent ? day with { IsTaken = false } : day);
            return Of(days, day => (double)SchoolOn(day).Absent / SchoolOn(day).All);
        });
    }

    private static Dictionary<string, double?> Of(List<MarkedDay> days, Func<MarkedDay, double> schoolRate)
    {
        var known = days.Where(d => d.IsTaken).ToList();
        var spells = new List<List<MarkedDay>>();
        for (var i = 0; i < known.Count; i++)
        {
            if (!known[i].IsAbsent) continue;
            if (i == 0 || !known[i - 1].IsAbsent) spells.Add([]);
            spells[^1].Add(known[i]);
        }
        var last20 = days.TakeLast(20).Where(d => d.IsTaken).ToList();
        return new Dictionary<string, double?>
        {
            ["possibleSessions"] = known.Count,
            ["absentSessions"] = known.Count(d => d.IsAbsent),
            ["absenceRateYearToDate"] = Rate(known),
            ["absentDays"] = known.Count(d => d.IsAbsent),
            ["unauthorisedDays"] = known.Count(d => d.Said?.Category == "Unexcused Absence"),
            ["lateCount"] = known.Count(d => d.Said?.Category == "Tardy"),
            ["partialDays"] = known.Count(d => d.Said?.Category is "Partial" or "Early departure"),
            ["spells"] = spells.Count,
            ["longestRunDays"] = spells.Count == 0 ? 0 : spells.Max(s => s.Count),
            ["currentRunDays"] = known.Count > 0 && known[^1].IsAbsent ? spells[^1].Count : 0,
            ["illnessSpells"] = spells.Count(s => s.TrueForAll(d => d.IsIll)),
            // The first day of the enrolment is nobody's day back.
            ["firstDayBackAbsences"] = days.Skip(1).Count(d => d.IsTaken && d.IsAbsent && d.FollowsADayOff),
            ["last20AbsenceRate"] = Rate(last20),
            ["last45AbsenceRate"] = Rate([.. days.TakeLast(45).Where(d => d.IsTaken)]),
            ["previous60AbsenceRate"] = Rate([.. days.SkipLast(20).TakeLast(60).Where(d => d.IsTaken)]),
            ["peerExcess"] = Rate(last20) is { } own ? own - last20.Average(schoolRate) : null,
        };
    }

    private static double? Rate(List<MarkedDay> days) => days.Count == 0 ? null : (double)days.Count(d => d.IsAbsent) / days.Count;

    private static int Gravity(Event e) => e.Category switch
    {
        "Unexcused Absence" => 5,
        "Excused Absence" => 4,
        "Partial" => 3,
        "Early departure" => 2,
        "Tardy" => 1,
        _ => 0,
    };

    private static string Text(XElement element, string name) => element.Descendants().First(d => d.Name.LocalName == name).Value;

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Event(string School, string Student, DateOnly Date, string Category, string Reason);

    private sealed record MarkedDay(DateOnly Date, bool FollowsADayOff, Event? Said, bool IsTaken = true)
    {
        public bool IsAbsent => Said?.Category.EndsWith("Absence", StringComparison.Ordinal) == true;

        public bool IsIll => IsAbsent && Said!.Reason.Split(' ').Any(word => word.ToUpperInvariant() is "ILL" or "ILLNESS" or "SICK" or "FLU" or "FEVER");
    }
}
