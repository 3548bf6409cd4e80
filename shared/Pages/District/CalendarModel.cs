using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.District;

/// <summary>A school's month as its calendar has it.</summary>
/// <param name="Schools">To choose from.</param>
/// <param name="School">Null where the district has no school yet.</param>
/// <param name="Weeks">Monday to Sunday; null outside the month.</param>
/// <param name="SchoolDays">Of the whole school year.</param>
public sealed record CalendarModel(
    IReadOnlyList<SchoolId> Schools, SchoolId? School, DateOnly Month, IReadOnlyList<IReadOnlyList<CalendarCell?>> Weeks,
    int SchoolDays, CalendarBasis Basis, FormState Form);

/// <param name="Reason">In the sender's words; may be empty.</param>
public sealed record CalendarCell(DateOnly Date, bool IsSchoolDay, string Reason);
