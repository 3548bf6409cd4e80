using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

/// <summary>Makes small random districts full of odd cases: both schemes, blank days, registers not taken, exceptional days,
/// several enrolments in one school or in several, overlapping ones, forms and missed lessons.</summary>
internal sealed class DistrictMaker(int seed)
{
    private const string Schools = "BAC";
    private const string Common = "////////LEPIIIMCOUN#.";

    private readonly Random random = new(seed);

    public ModelDistrict Make()
    {
        var start = new DateOnly(2025, 9, 1);
        var schools = Enumerable.Range(0, random.Next(1, 4)).Select(i => School(Schools[i].ToString(), start)).ToList();
        var last = schools.Max(s => s.Days[^1]);
        var asOf = random.Next(3) == 0 ? start.AddDays(random.Next(-3, last.DayNumber - start.DayNumber + 5)) : last;
        var pupils = Enumerable.Range(0, random.Next(1, 5)).Select(i => Pupil($"pupil{i}", schools, start, last, asOf)).ToList();
        return new ModelDistrict(schools, pupils, asOf);
    }

    private ModelSchool School(string id, DateOnly start)
    {
        var count = random.Next(8) == 0 ? random.Next(180, 250) : random.Next(1, 120);
        var sevenDays = random.Next(10) == 0;
        var days = new List<DateOnly>();
        for (var date = start.AddDays(random.Next(4)); days.Count < count && date < start.AddDays(360); date = date.AddDays(1))
        {
            if (!sevenDays && date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            if (random.Next(12) != 0) days.Add(date);
        }
        if (days.Count == 0) days.Add(start);
        var sessions = random.Next(1, 3);
        var possible = new int[days.Count * sessions];
        var absent = new int[possible.Length];
        var size = random.Next(6, 200);
        for (var i = 0; i < possible.Length; i++)
        {
            possible[i] = random.Next(15) == 0 ? random.Next(0, 25) : size;
            absent[i] = random.Next(20) switch
            {
                0 => possible[i],
                1 or 2 => random.Next(possible[i] / 5, possible[i] + 1),
                3 => possible[i] * 3 / 20,
                _ => random.Next(0, (possible[i] / 8) + 1),
            };
        }
        return new ModelSchool(id, sessions, [.. days], possible, absent);
    }

    private ModelPupil Pupil(string name, List<ModelSchool> schools, DateOnly start, DateOnly last, DateOnly asOf)
    {
        var enrollments = Enrollments(schools, start, last);
        var marks = new Dictionary<(string, DateOnly, int), Mark>();
        var sections = new List<(string, DateOnly, string, Mark)>();
        var letters = Style();
        foreach (var school in enrollments.Select(e => e.School).Distinct())
        {
            var run = '/';
            foreach (var date in school.Days)
            {
                if (random.Next(3) == 0) run = letters[random.Next(letters.Length)];
                for (var session = 0; session < school.Sessions; session++)
                {
                    var letter = random.Next(12) == 0 ? letters[random.Next(letters.Length)] : run;
                    if (letter != '.' || random.Next(2) == 0) marks[(school.Id, date, session)] = MarkLetters.Read(letter);
                }
                while (random.Next(4) == 0)
                    sections.Add((school.Id, date.AddDays(random.Next(10) == 0 ? 1 : 0), "ab"[random.Next(2)].ToString(), MarkLetters.Read("OOIL"[random.Next(4)])));
            }
        }
        if (random.Next(2) == 0) sections.Clear();
        return new ModelPupil(name, enrollments, marks, sections, Forms(name, start, asOf));
    }

    private string Style() => random.Next(5) switch
    {
        0 => Common,
        1 => "/////////////////////IN",
        2 => "IIIIII//MO#.",
        3 => "MMMM/N",
        _ => "////LLEPO",
    };

    private List<ModelEnrollment> Enrollments(List<ModelSchool> schools, DateOnly start, DateOnly last)
    {
        var length = last.DayNumber - start.DayNumber + 10;
        return random.Next(3) == 0
            ? [new ModelEnrollment(schools[random.Next(schools.Count)], start.AddDays(-30), null)]
            : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            {
                var entry = start.AddDays(random.Next(-10, length));
                // Same entries are wanted now and then, for the tie.
                if (random.Next(4) == 0) entry = start.AddDays(7);
                DateOnly? exit = random.Next(2) == 0 ? null : entry.AddDays(random.Next(0, length));
                return new ModelEnrollment(schools[random.Next(schools.Count)], entry, exit);
            })];
    }

    private List<Observation> Forms(string name, DateOnly start, DateOnly asOf)
    {
        if (random.Next(2) == 0) return [];
        var high = random.Next(2) == 0 ? 5 : 3;
        return [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new Observation(
            new ObservationId(new Guid(random.Next(), 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])), RegisterBuilder.KeyOf(name), SchoolId.Parse("A"),
            asOf.AddDays(-random.Next(-3, Math.Max(2, Math.Min(60, asOf.DayNumber - start.DayNumber)))),
            "observer-" + random.Next(3),
            [.. Enumerable.Range(0, Observation.ItemCount).Select(_ => random.Next(6) == 0 ? (byte?)null : (byte)random.Next(high))]))];
    }
}
