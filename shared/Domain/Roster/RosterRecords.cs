using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster;

/// <summary>A pupil on a school's roll, as a roster says it.</summary>
/// <param name="RowNumber">Where it was read: see <see cref="RefusedRow"/>.</param>
/// <param name="Grade">In the sender's words, without a descriptor's namespace; empty if not stated.</param>
/// <param name="Entry">First day on roll, inclusive; null where not stated (the school year's first day).</param>
/// <param name="Exit">Last day on roll, inclusive; null where not stated (still on roll).</param>
/// <param name="WidensOnly">The dates come from a part of the pupil's enrolments (a delta): they may widen what is held,
/// never narrow it.</param>
public sealed record RosterStudent(
    int RowNumber,
    StudentUniqueId Student,
    SchoolId School,
    string Grade,
    DateOnly? Entry,
    DateOnly? Exit,
    string GivenName,
    string FamilyName,
    bool WidensOnly = false)
{
    /// <summary>For output a person asked for; never for logs: hides names.</summary>
    public override string ToString() => $"row {RowNumber}";
}

/// <summary>A pupil's name from a file that has no enrolments (Ed-Fi <c>Student</c>).</summary>
public sealed record RosterName(int RowNumber, StudentUniqueId Student, string GivenName, string FamilyName)
{
    public override string ToString() => $"row {RowNumber}";
}

/// <summary>A statement is taken back: an enrolment, or, without a school, all of the pupil's.</summary>
/// <param name="Entry">The entry date of the enrolment meant; null for every enrolment in the school.</param>
public sealed record RosterDelete(int RowNumber, StudentUniqueId Student, SchoolId? School, DateOnly? Entry);

/// <summary>A class (section) of a school.</summary>
public sealed record RosterClass(string ClassId, SchoolId School, string Title);

/// <summary>Somebody's place in a class, as pupil or as teacher.</summary>
/// <param name="PersonId">The pupil's StudentUniqueId, or the teacher's id in the sending system.</param>
/// <param name="Begin">Inclusive; null where not stated.</param>
/// <param name="End">Inclusive; null where not stated.</param>
public sealed record RosterPlace(string PersonId, string ClassId, SchoolId School, bool IsTeacher, DateOnly? Begin, DateOnly? End);

/// <summary>Where a roster reader puts what it reads, in file order on one thread. Who has no use for a kind leaves it out.</summary>
public sealed record RosterSink(Action<RosterStudent> Student, RefusedRowHandler Refuse)
{
    public Action<RosterName> Name { get; init; } = static _ => { };

    public Action<RosterDelete> Delete { get; init; } = static _ => { };

    public Action<RosterClass> Class { get; init; } = static _ => { };

    public Action<RosterPlace> Place { get; init; } = static _ => { };
}
