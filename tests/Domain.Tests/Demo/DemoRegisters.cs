using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Demo;

/// <summary>A demo district as screening reads it, put straight into registers.</summary>
internal static class DemoRegisters
{
    public static StudentKey KeyOf(int student) => new(new Guid(student + 1, 0, 0, new byte[8]));

    public static StudentKey KeyOf(StudentUniqueId student) =>
        KeyOf(int.Parse(student.Value, System.Globalization.CultureInfo.InvariantCulture) - DemoDistrict.DigitsOf(0));

    /// <summary>Every pupil's result on the last school day. On <paramref name="blankDay"/>, where given, no school has marks.</summary>
    public static Dictionary<StudentKey, ScreeningResult> Screen(DemoDistrict district, DateOnly? blankDay = null)
    {
        var movers = district.Enrollments().GroupBy(enrollment => enrollment.Student).Where(group => group.Count() > 1).Select(group => KeyOf(group.Key)).ToHashSet();
        var schools = district.Schools.Select(school => SchoolBaseline.Of(Register(school, movers, blankDay), district.LastSchoolDay)).ToArray();
        var inputs = new ScreeningInputs(HasLegalBasis: true)
        {
            OptedOut = district.OptOuts.Select(KeyOf).ToHashSet(),
            Places = PupilPlaces.Of(schools),
            Observations = new ObservationIndex(district.Observations.Select((form, index) => new Observation(
                new ObservationId(new Guid(index + 1, 0, 0, new byte[8])), KeyOf(form.Student), district.Schools[0].Id, form.Date, form.Observer, form.Items))),
        };
        var report = new ScreeningReport(new Screener(RuleSet.Starting));
        return schools.SelectMany(school => report.ScreenSchool(school, inputs)).ToDictionary(result => result.Student);
    }

    private static SchoolYearRegister Register(DemoSchool school, HashSet<StudentKey> movers, DateOnly? blankDay)
    {
        var days = school.Calendar.Days;
        var totals = new SchoolSessionTotals(new int[days.Count * school.SessionsPerDay], new int[days.Count * school.SessionsPerDay]);
        var blocks = new List<RegisterBlock>();
        for (var first = 0; first < school.SlotCount; first += RegisterBlock.Width)
        {
            var width = Math.Min(RegisterBlock.Width, school.SlotCount - first);
            var marks = new byte[days.Count * school.SessionsPerDay * RegisterBlock.Width];
            for (var index = 0; index < totals.Possible.Length; index++)
            {
                var day = index / school.SessionsPerDay;
                if (days[day] == blankDay) continue;
                for (var slot = 0; slot < width; slot++)
                {
                    var mark = school.MarkAt(day, index % school.SessionsPerDay, first + slot);
                    marks[index * RegisterBlock.Width + slot] = mark.Value;
                    if (mark.IsPossible) totals.Possible[index]++;
                    if (mark.IsAbsent) totals.Absent[index]++;
                }
            }
            blocks.Add(new RegisterBlock
            {
                Number = blocks.Count,
                Marks = marks,
                Slots = [.. Enumerable.Range(first, width).Select(slot => SlotOf(school, slot, movers))],
            });
        }
        return new SchoolYearRegister
        {
            School = school.Id,
            Year = SchoolYear.Containing(days[0]),
            Days = days,
            Scheme = school.Scheme,
            Totals = totals,
            Blocks = blocks,
        };
    }

    private static RegisterSlot SlotOf(DemoSchool school, int slot, HashSet<StudentKey> movers)
    {
        var place = school.Slots[slot];
        var days = school.Calendar.Days;
        var student = KeyOf(place.Student);
        var span = new EnrollmentSpan(days[place.EntryDay], place.ExitDay is { } exit ? days[exit] : null);
        return new RegisterSlot(student, [span], movers.Contains(student));
    }
}
