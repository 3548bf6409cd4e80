using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Testing.Registers;

/// <summary>Makes a school's register from strings such as <c>"/////III.."</c> (<see cref="MarkLetters"/>): one letter a
/// day, or two (morning, afternoon) in a school of two sessions; spaces are ignored; days not written are unknown.</summary>
public sealed class RegisterBuilder
{
    private readonly List<DateOnly> days = [];
    private readonly List<BuiltPupil> pupils = [];
    private readonly List<(string Pupil, DateOnly Date, string Section, Mark Mark)> sectionAbsences = [];
    private readonly Dictionary<int, (int Possible, int Absent)> statedTotals = [];
    private string school = "school-1";
    private SessionScheme scheme = SessionScheme.WholeDay;
    private int peers = 100;

    public RegisterBuilder School(string id)
    {
        school = id;
        return this;
    }

    public RegisterBuilder AmPm()
    {
        scheme = SessionScheme.AmPm;
        return this;
    }

    /// <summary>So many weekdays from a date on.</summary>
    public RegisterBuilder Weekdays(DateOnly from, int count)
    {
        for (var date = from; count > 0; date = date.AddDays(1))
        {
            if (date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            days.Add(date);
            count--;
        }
        return this;
    }

    public RegisterBuilder Days(IEnumerable<DateOnly> instructional)
    {
        days.AddRange(instructional);
        return this;
    }

    /// <summary>Pupils who are always present and count only in the school's totals; 100 unless stated, so that one pupil
    /// makes no exceptional day.</summary>
    public RegisterBuilder Peers(int count)
    {
        peers = count;
        return this;
    }

    /// <summary>What the whole school did in one session, in place of what the pupils add up to.</summary>
    public RegisterBuilder Totals(int day, int possible, int absent, int session = 0)
    {
        statedTotals[(day * (int)scheme) + session] = (possible, absent);
        return this;
    }

    /// <summary>A pupil on roll from the first day on, without an exit.</summary>
    public RegisterBuilder Pupil(string name, string marks) => Pupil(name, marks, elsewhereToo: false, new EnrollmentSpan(DateOnly.MinValue, null));

    public RegisterBuilder Pupil(string name, string marks, bool elsewhereToo, params IReadOnlyList<EnrollmentSpan> spans)
    {
        pupils.Add(new BuiltPupil(name, marks.Replace(" ", "", StringComparison.Ordinal), elsewhereToo, spans));
        return this;
    }

    /// <summary>A pupil missed one lesson.</summary>
    public RegisterBuilder MissedSection(string pupil, DateOnly date, string section)
    {
        sectionAbsences.Add((pupil, date, section, new Mark(MarkCategory.Absent)));
        return this;
    }

    public BuiltRegister Build()
    {
        var sessions = days.Count * (int)scheme;
        var possible = new int[sessions];
        var absent = new int[sessions];
        Array.Fill(possible, peers);
        var blocks = new List<RegisterBlock>();
        foreach (var chunk in pupils.Chunk(RegisterBlock.Width))
        {
            var marks = new byte[sessions * RegisterBlock.Width];
            for (var slot = 0; slot < chunk.Length; slot++)
            {
                for (var session = 0; session < Math.Min(sessions, chunk[slot].Marks.Length); session++)
                {
                    var mark = MarkLetters.Read(chunk[slot].Marks[session]);
                    marks[(session * RegisterBlock.Width) + slot] = mark.Value;
                    if (mark.IsPossible) possible[session]++;
                    if (mark.IsAbsent) absent[session]++;
                }
            }
            blocks.Add(new RegisterBlock
            {
                Number = blocks.Count,
                Slots = [.. chunk.Select(p => new RegisterSlot(KeyOf(p.Name), p.Spans, p.ElsewhereToo))],
                Marks = marks,
                SectionAbsences = [.. sectionAbsences
                    .Where(a => Array.Exists(chunk, p => p.Name == a.Pupil))
                    .Select(a => new SectionAbsence(Array.FindIndex(chunk, p => p.Name == a.Pupil), a.Date, a.Section, a.Mark))],
            });
        }
        foreach (var (session, totals) in statedTotals) (possible[session], absent[session]) = totals;
        return new BuiltRegister(new SchoolYearRegister
        {
            School = SchoolId.Parse(school),
            Year = SchoolYear.Containing(days[0]),
            Days = new SchoolDays(days),
            Scheme = scheme,
            Totals = new SchoolSessionTotals(possible, absent),
            Blocks = blocks,
        });
    }

    /// <summary>A name of up to 16 letters as a key: the same in every school.</summary>
    public static StudentKey KeyOf(string name)
    {
        Span<byte> bytes = stackalloc byte[StudentKey.Size];
        bytes.Clear();
        Encoding.ASCII.GetBytes(name, bytes);
        return new StudentKey(new Guid(bytes, bigEndian: true));
    }

    private sealed record BuiltPupil(string Name, string Marks, bool ElsewhereToo, IReadOnlyList<EnrollmentSpan> Spans);
}

/// <summary>A register with its pupils by name.</summary>
public sealed record BuiltRegister(SchoolYearRegister Register)
{
    public DateOnly Day(int index) => Register.Days[index];

    public DateOnly LastDay => Register.Days[Register.Days.Count - 1];

    /// <summary>The school as of its last day.</summary>
    public SchoolBaseline Baseline() => SchoolBaseline.Of(Register, LastDay);

    public PupilPlace Place(string name, SchoolBaseline? school = null)
    {
        var key = RegisterBuilder.KeyOf(name);
        foreach (var block in Register.Blocks)
            for (var slot = 0; slot < block.Slots.Count; slot++)
                if (block.Slots[slot]?.Student == key) return new PupilPlace(school ?? Baseline(), block, slot);
        throw new ArgumentException("No such pupil.", nameof(name));
    }
}
