using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>A school day of a pupil in one word, for a calendar.</summary>
public enum DayMark
{
    /// <summary>No mark, or one that says nothing: neither present nor absent.</summary>
    Unknown,
    Present,
    Late,
    /// <summary>There for part of the day: absent in one session, left early, or coded partial.</summary>
    PartDay,
    /// <summary>Absent, every absent session coded illness or medical.</summary>
    AbsentIll,
    AbsentAuthorised,
    /// <summary>Absent, at least one session without an authorised reason.</summary>
    AbsentUnauthorised,
    NotRequired,
}

/// <summary>One of a pupil's school days, at the school that answered for it.</summary>
/// <param name="Possible">Sessions attending or absent.</param>
/// <param name="Absent">Sessions absent.</param>
public readonly record struct AttendanceDay(DateOnly Date, SchoolId School, DayMark Mark, int Possible, int Absent)
{
    /// <summary>Every possible session missed (evidence.md §9, absent day).</summary>
    public bool IsAbsent => Possible > 0 && Absent == Possible;

    /// <param name="sessions">The day's marks, a whole day's or AM and PM.</param>
    public static AttendanceDay Of(DateOnly date, SchoolId school, ReadOnlySpan<Mark> sessions)
    {
        var (possible, absent, isPart, isLate, isRequired) = (0, 0, false, false, sessions.IsEmpty);
        var (isIll, isUnauthorised) = (true, false);
        foreach (var mark in sessions)
        {
            isRequired |= mark.Category != MarkCategory.NotRequired;
            isPart |= mark.Category is MarkCategory.Partial or MarkCategory.LeftEarly;
            isLate |= mark.Category == MarkCategory.Late;
            if (mark.IsPossible) possible++;
            if (!mark.IsAbsent) continue;
            absent++;
            isUnauthorised |= mark.IsUnauthorised;
            isIll &= mark.Reason is MarkReason.Illness or MarkReason.Medical;
        }
        var word = possible == 0 ? (isRequired ? DayMark.Unknown : DayMark.NotRequired)
            : absent == possible ? (isUnauthorised ? DayMark.AbsentUnauthorised : isIll ? DayMark.AbsentIll : DayMark.AbsentAuthorised)
            : absent > 0 || isPart ? DayMark.PartDay
            : isLate ? DayMark.Late
            : DayMark.Present;
        return new AttendanceDay(date, school, word, possible, absent);
    }
}
