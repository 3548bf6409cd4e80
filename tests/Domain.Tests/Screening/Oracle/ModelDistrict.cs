using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

internal sealed record ModelSchool(string Id, int Sessions, DateOnly[] Days, int[] Possible, int[] Absent)
{
    public int PositionOf(DateOnly date, int session) => (Array.IndexOf(Days, date) * Sessions) + session;

    /// <summary>Ten or more pupils and nobody present: the register was not taken.</summary>
    public bool IsTaken(DateOnly date, int session)
    {
        var at = PositionOf(date, session);
        return !(Possible[at] >= 10 && Absent[at] == Possible[at]);
    }

    public bool IsKnown(DateOnly date, int session) => IsTaken(date, session) && Possible[PositionOf(date, session)] > 0;
}

internal sealed record ModelEnrollment(ModelSchool School, DateOnly Entry, DateOnly? Exit)
{
    public bool Covers(DateOnly date) => Entry <= date && (Exit is null || date <= Exit);
}

internal sealed record ModelPupil(
    string Name, IReadOnlyList<ModelEnrollment> Enrollments, IReadOnlyDictionary<(string School, DateOnly Date, int Session), Mark> Marks,
    IReadOnlyList<(string School, DateOnly Date, string Section, Mark Mark)> Sections, IReadOnlyList<Observation> Forms)
{
    public StudentKey Key => RegisterBuilder.KeyOf(Name);

    public bool ElsewhereToo => Enrollments.Select(e => e.School.Id).Distinct().Count() > 1;
}

/// <summary>A district as lists of dated marks: what the oracle reads, and what the registers are made from.</summary>
internal sealed record ModelDistrict(IReadOnlyList<ModelSchool> Schools, IReadOnlyList<ModelPupil> Pupils, DateOnly AsOf)
{
    public IReadOnlyList<SchoolYearRegister> Registers() => [.. Schools.Select(Register)];

    public ScreeningInputs Inputs(IEnumerable<SchoolBaseline> schools) => new(HasLegalBasis: true)
    {
        Observations = new ObservationIndex(Pupils.SelectMany(p => p.Forms)),
        Places = PupilPlaces.Of(schools),
    };

    private SchoolYearRegister Register(ModelSchool school)
    {
        var onRoll = Pupils.Where(p => p.Enrollments.Any(e => e.School == school)).ToList();
        var blocks = onRoll.Chunk(RegisterBlock.Width).Select((chunk, number) => Block(school, chunk, number)).ToList();
        return new SchoolYearRegister
        {
            School = SchoolId.Parse(school.Id),
            Year = SchoolYear.Containing(school.Days[0]),
            Days = new SchoolDays(school.Days),
            Scheme = (SessionScheme)school.Sessions,
            Totals = new SchoolSessionTotals(school.Possible, school.Absent),
            Blocks = blocks,
        };
    }

    private static RegisterBlock Block(ModelSchool school, ModelPupil[] pupils, int number)
    {
        var marks = new byte[school.Days.Length * school.Sessions * RegisterBlock.Width];
        for (var slot = 0; slot < pupils.Length; slot++)
        {
            for (var day = 0; day < school.Days.Length; day++)
            {
                for (var session = 0; session < school.Sessions; session++)
                    marks[(((day * school.Sessions) + session) * RegisterBlock.Width) + slot] =
                        pupils[slot].Marks.GetValueOrDefault((school.Id, school.Days[day], session)).Value;
            }
        }
        return new RegisterBlock
        {
            Number = number,
            Slots = [.. pupils.Select(p => new RegisterSlot(
                p.Key, [.. p.Enrollments.Where(e => e.School == school).Select(e => new EnrollmentSpan(e.Entry, e.Exit))], p.ElsewhereToo))],
            Marks = marks,
            SectionAbsences = [.. pupils.SelectMany((p, slot) => p.Sections
                .Where(s => s.School == school.Id)
                .Select(s => new SectionAbsence(slot, s.Date, s.Section, s.Mark)))],
        };
    }
}
