using System.Text.Json.Serialization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
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

    /// <summary>The stays that have a day in the school year.</summary>
    public List<Enrollment> In(SchoolYear year) =>
        [.. Enrollments.Where(e => e.Entry <= year.LastDay && (e.Exit is null || e.Exit >= year.FirstDay))];

    /// <summary>Takes in a roster's statement: it replaces every stay at the same school that it overlaps.</summary>
    /// <param name="entryStated">False where the roster gives no entry date: the stay it meets keeps its own.</param>
    public StudentProfile With(Enrollment stated, bool entryStated = true)
    {
        var overlapped = Enrollments.Where(e => Overlaps(e, stated)).ToList();
        if (!entryStated && overlapped.Count > 0) stated = stated with { Entry = overlapped.Min(e => e.Entry) };
        var grade = stated.Grade ?? overlapped.Select(e => e.Grade).FirstOrDefault(g => g is not null);
        return new StudentProfile(Sorted([.. Enrollments.Except(overlapped), stated with { Grade = grade }]));
    }

    /// <summary>Widens a stay by the days a feed covers (<c>--without-roster</c>): stays that touch, or that only a weekend
    /// parts, become one, so that daily feeds do not make a stay of each day.</summary>
    public StudentProfile Extended(Enrollment covered)
    {
        var touching = Enrollments.Where(e => Touches(e, covered)).ToList();
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

    private static bool Touches(Enrollment a, Enrollment b)
    {
        if (a.School != b.School) return false;
        if (Overlaps(a, b)) return true;
        var (first, second) = a.Entry < b.Entry ? (a, b) : (b, a);
        for (var date = first.Exit!.Value.AddDays(1); date < second.Entry; date = date.AddDays(1))
            if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) return false;
        return true;
    }

    private static List<Enrollment> Sorted(List<Enrollment> enrollments) =>
        [.. enrollments.OrderBy(e => e.Entry).ThenBy(e => e.School)];
}

internal sealed record ProfileRow(IReadOnlyList<ProfileEnrollment> Enrollments);

internal sealed record ProfileEnrollment(string School, DateOnly Entry, DateOnly? Exit, string? Grade);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProfileRow))]
internal sealed partial class ProfileJson : JsonSerializerContext;
