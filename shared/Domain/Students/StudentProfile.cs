using System.Text.Json.Serialization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Students;

/// <summary>A stay on one school's roll, both dates inclusive (Ed-Fi <c>StudentSchoolAssociation</c>).</summary>
public sealed record Enrollment(SchoolId School, DateOnly Entry, DateOnly? Exit, string? Grade = null)
{
    public EnrollmentSpan Span => new(Entry, Exit);
}

/// <summary>What is held on a pupil's schooling.</summary>
public sealed record StudentProfile(IReadOnlyList<Enrollment> Enrollments)
{
    public static readonly StudentProfile Empty = new([]);

    /// <summary>The enrolment that holds on a date: the later entry; on a tie the lower school id (evidence.md §9).</summary>
    public Enrollment? On(DateOnly date) => Enrollments
        .Where(e => e.Span.Covers(date))
        .OrderByDescending(e => e.Entry).ThenBy(e => e.School)
        .FirstOrDefault();

    /// <summary>Takes in a roster's statement: it replaces every stay at the same school that it overlaps.</summary>
    public StudentProfile With(Enrollment stated)
    {
        var overlapped = Enrollments.Where(e => Overlaps(e, stated)).ToList();
        var grade = stated.Grade ?? overlapped.Select(e => e.Grade).FirstOrDefault(g => g is not null);
        return new StudentProfile(Sorted([.. Enrollments.Except(overlapped), stated with { Grade = grade }]));
    }

    /// <summary>Widens a stay by the days a feed covers (<c>--without-roster</c>): stays that touch become one.</summary>
    public StudentProfile Extended(Enrollment covered)
    {
        var touching = Enrollments.Where(e => Overlaps(e, covered)).ToList();
        if (touching.Count == 0) return new StudentProfile(Sorted([.. Enrollments, covered]));
        var entry = touching.Min(e => e.Entry) < covered.Entry ? touching.Min(e => e.Entry) : covered.Entry;
        DateOnly? exit = touching.Any(e => e.Exit is null) || covered.Exit is null
            ? null
            : touching.Append(covered).Max(e => e.Exit);
        return new StudentProfile(Sorted([.. Enrollments.Except(touching), new Enrollment(covered.School, entry, exit, touching[0].Grade)]));
    }

    /// <summary>Without the stays at a school that begin on the date, or all of that school's where no date is given.</summary>
    public StudentProfile Without(SchoolId school, DateOnly? entry) =>
        new([.. Enrollments.Where(e => e.School != school || (entry is not null && e.Entry != entry))]);

    private static bool Overlaps(Enrollment a, Enrollment b) =>
        a.School == b.School && a.Entry <= (b.Exit ?? DateOnly.MaxValue) && b.Entry <= (a.Exit ?? DateOnly.MaxValue);

    private static List<Enrollment> Sorted(List<Enrollment> enrollments) =>
        [.. enrollments.OrderBy(e => e.Entry).ThenBy(e => e.School)];
}

internal sealed record ProfileRow(IReadOnlyList<ProfileEnrollment> Enrollments);

internal sealed record ProfileEnrollment(string School, DateOnly Entry, DateOnly? Exit, string? Grade);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProfileRow))]
internal sealed partial class ProfileJson : JsonSerializerContext;
