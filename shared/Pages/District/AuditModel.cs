using System.Globalization;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Pages.District;

/// <summary>What was typed into the audit's form, as typed.</summary>
public sealed record AuditForm(string From, string To, string Staff, string Action, string School, string Student, string Purpose)
{
    private const int UsualDays = 7;

    /// <param name="field">The value of a field by its name; empty if it was not sent.</param>
    /// <param name="today">Ends the days where none are given.</param>
    public static AuditForm Of(Func<string, string> field, DateOnly today) => new(
        OrDay(field("from"), today.AddDays(1 - UsualDays)), OrDay(field("to"), today),
        field("staff").Trim(), field("action"), field("school").Trim(), field("student").Trim(), field("purpose"));

    /// <summary>What is asked, or the key of the words that say what is wrong.</summary>
    public (AuditAsk? Ask, string? Wrong) Read()
    {
        if (!TryDay(From, out var from) || !TryDay(To, out var to)) return (null, "Days");
        SchoolId? school = null;
        if (School.Length > 0)
        {
            if (!SchoolId.TryParse(School, out var id)) return (null, "School");
            school = id;
        }
        StudentUniqueId? student = null;
        if (Student.Length > 0)
        {
            if (!StudentUniqueId.TryParse(Student, out var id)) return (null, "Student");
            student = id;
        }
        return (new AuditAsk(from, to)
        {
            Staff = Staff.Length > 0 ? Staff : null,
            Action = Enum.TryParse<AuditAction>(Action, out var action) && Enum.IsDefined(action) ? action : null,
            School = school,
            Student = student,
            Purpose = Enum.TryParse<StatedPurpose>(Purpose, out var purpose) && Enum.IsDefined(purpose) ? purpose : null,
        }, null);
    }

    private static string OrDay(string typed, DateOnly day) => typed.Length > 0 ? typed : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool TryDay(string typed, out DateOnly day) =>
        DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}

/// <summary>The audit's page.</summary>
/// <param name="Wrong">Key of the words that say what cannot be answered; null if nothing.</param>
/// <param name="Found">Null before anything was asked.</param>
public sealed record AuditModel(AuditForm Form, string? Wrong = null, AuditAnswer.Found? Found = null)
{
    public static IReadOnlyList<AuditAction> Actions { get; } = Enum.GetValues<AuditAction>();

    public static IReadOnlyList<StatedPurpose> Purposes { get; } = Enum.GetValues<StatedPurpose>();

    public static AuditModel Of(AuditForm form, AuditAnswer answer) => answer switch
    {
        AuditAnswer.Found found => new AuditModel(form, Found: found),
        AuditAnswer.DaysRefused => new AuditModel(form, "Days"),
        AuditAnswer.UnknownStaff => new AuditModel(form, "Staff"),
        AuditAnswer.UnknownStudent => new AuditModel(form, "Student"),
        AuditAnswer.PurposeMissing => new AuditModel(form, "Purpose"),
        _ => throw new InvalidOperationException("An answer of the audit is not handled."),
    };

    /// <summary>The end of the key of the words that say by which way it was asked; null where that is not kept.</summary>
    public static string? WayOf(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Through switch
        {
            null => null,
            AuditWays.Page => "Page",
            AuditWays.Api => "Api",
            AuditWays.Command => "Command",
            _ => "System",
        };
    }

    /// <summary>The id of the field the words are about.</summary>
    public string? WrongField => Wrong switch
    {
        null => null,
        "Days" => "from",
        _ => Wrong.ToLowerInvariant(),
    };
}
