using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>Whom a counsellor looks after: grades of schools, and pupils by name. With neither, every pupil of the
/// counsellor's schools.</summary>
public sealed record Caseload(IReadOnlyList<CaseloadGrades> Grades, IReadOnlySet<StudentKey> Pupils)
{
    /// <summary>Pupils by name; inclusive. Grades are the way for more.</summary>
    public const int MaxPupils = 500;

    public static Caseload OwnSchools { get; } = new([], new HashSet<StudentKey>());

    public bool IsOwnSchools => Grades.Count == 0 && Pupils.Count == 0;

    /// <param name="grade">The pupil's grade there, in the roster's words; null if none is stated.</param>
    /// <param name="ownSchools">The counsellor's schools; null is every school.</param>
    public bool Holds(StudentKey student, SchoolId school, string? grade, IReadOnlySet<SchoolId>? ownSchools)
    {
        if (IsOwnSchools) return ownSchools?.Contains(school) ?? true;
        return Pupils.Contains(student) || Grades.Any(part => part.Holds(school, grade));
    }
}

/// <summary>A school, or some grades of it, in the roster's words ("7", "Year 9", "K").</summary>
/// <param name="Grades">Empty for the whole school.</param>
public sealed record CaseloadGrades(SchoolId School, IReadOnlyList<string> Grades)
{
    public bool Holds(SchoolId school, string? grade) => school == School
        && (Grades.Count == 0 || (grade is not null && Grades.Contains(grade, StringComparer.OrdinalIgnoreCase)));
}
