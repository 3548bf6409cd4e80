using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>A pupil's place in one school's register of a year.</summary>
public sealed record PupilRegister(SchoolYearRegister Register, RegisterBlock Block, int Slot)
{
    /// <summary>Null if the pupil has no slot there.</summary>
    public static PupilRegister? Find(SchoolYearRegister register, StudentKey student)
    {
        ArgumentNullException.ThrowIfNull(register);
        foreach (var block in register.Blocks)
            for (var slot = 0; slot < block.Slots.Count; slot++)
                if (block.Slots[slot]?.Student == student) return new PupilRegister(register, block, slot);
        return null;
    }

    /// <summary>A session's mark; a register of ten or more pupils with nobody present was not taken, and is unknown.</summary>
    internal Mark MarkOf(int day, int session)
    {
        var column = (day * Register.SessionsPerDay) + session;
        return Register.Totals.IsUnknownForAll(column) ? Mark.Unknown : new Mark(Block.Marks[(column * RegisterBlock.Width) + Slot]);
    }
}

/// <summary>A pupil's school days over all enrolments, one after the other, as screening counts them (evidence.md §9): a
/// transfer breaks nothing.</summary>
public static class PupilCalendar
{
    /// <summary>The pupil's school days that the registers hold, ascending. On a date in two enrolments the later entry holds;
    /// a session it does not require takes the other school's mark.</summary>
    public static IReadOnlyList<AttendanceDay> Days(StudentProfile profile, IReadOnlyList<PupilRegister> registers)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(registers);
        var dates = new SortedSet<DateOnly>();
        foreach (var register in registers)
            foreach (var date in register.Register.Days.Dates) dates.Add(date);

        var days = new List<AttendanceDay>(dates.Count);
        foreach (var date in dates)
            if (profile.On(date) is { } enrolled && Find(registers, enrolled.School, date) is { } here)
                days.Add(AttendanceDay.Of(date, enrolled.School, Sessions(profile, registers, here, date)));
        return days;
    }

    private static Mark[] Sessions(StudentProfile profile, IReadOnlyList<PupilRegister> registers, (PupilRegister Register, int Day) here, DateOnly date)
    {
        var school = here.Register.Register.School;
        var marks = new Mark[here.Register.Register.SessionsPerDay];
        for (var session = 0; session < marks.Length; session++)
        {
            marks[session] = here.Register.MarkOf(here.Day, session);
            if (marks[session].Category != MarkCategory.NotRequired) continue;
            foreach (var other in profile.Enrollments)
                if (other.School != school && other.Span.Covers(date) && Find(registers, other.School, date) is { } there)
                    marks[session] = there.Register.MarkOf(there.Day, Math.Min(session, there.Register.Register.SessionsPerDay - 1));
        }
        return marks;
    }

    private static (PupilRegister Register, int Day)? Find(IReadOnlyList<PupilRegister> registers, SchoolId school, DateOnly date)
    {
        foreach (var register in registers)
            if (register.Register.School == school && register.Register.Days.IndexOf(date) is >= 0 and var day) return (register, day);
        return null;
    }
}
