using System.Text;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The StudentUniqueIds of a school's whole roll in one reading, for outputs that name every pupil.</summary>
internal static class PupilIds
{
    /// <summary>Without pupils who have been erased.</summary>
    public static async Task<Dictionary<StudentKey, string>> OfAsync(
        CommandContext context, SchoolId school, SchoolYear year, CancellationToken cancellationToken)
    {
        var roll = await context.Get<SchoolRolls>().LoadAsync(school, year, cancellationToken);
        var ids = new Dictionary<StudentKey, string>(roll.SlotCount);
        foreach (var (index, slot) in roll.Pupils())
            if (!roll.IdAt(index).IsEmpty) ids[slot.Student] = Encoding.UTF8.GetString(roll.IdAt(index));
        return ids;
    }
}
