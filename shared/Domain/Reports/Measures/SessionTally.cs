using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Counts the sessions of a period, pupil by pupil. A session counts at the school that answers for the pupil on that day
/// (later entry, then lower school id); one that was not required counts nowhere; pupils who opted out count nowhere.</summary>
internal static class SessionTally
{
    /// <param name="first">The period's first day; its last is the reading's as-of date.</param>
    public static SessionCounts Of(SchoolToScreen read, DateOnly first)
    {
        var school = read.Baseline;
        var firstDay = school.Register.Days.CountThrough(first.AddDays(-1));
        var pupils = (
            from block in school.Register.Blocks
            from slot in Enumerable.Range(0, block.Slots.Count)
            where block.Slots[slot] is { } pupil && !read.Inputs.OptedOut.Contains(pupil.Student)
            select Count(read, block, slot, firstDay)).ToList();
        return new SessionCounts(
            SessionCell.Of(pupils.Select(p => p.Attended)), SessionCell.Of(pupils.Select(p => p.Absent)), pupils.Sum(p => p.Unknown));
    }

    private static (int Attended, int Absent, int Unknown) Count(SchoolToScreen read, RegisterBlock block, int slot, int firstDay)
    {
        var school = read.Baseline;
        var pupil = block.Slots[slot]!;
        var places = pupil.ElsewhereToo ? read.Inputs.Places.Find(pupil.Student) : null;
        var (attended, absent, unknown) = (0, 0, 0);
        for (var day = firstDay; day < school.DayCount; day++)
        {
            if (!pupil.Spans.Any(span => span.Covers(school.Dates[day]))) continue;
            if (places is not null && PupilLine.Holder(places, school.Dates[day]) is { } holder
                && holder.School.Register.School != school.Register.School) continue;
            for (var session = 0; session < school.Sessions; session++)
            {
                var mark = new Mark(block.Marks[(((day * school.Sessions) + session) * RegisterBlock.Width) + slot]);
                if (mark.Category == MarkCategory.NotRequired) continue;
                if (mark.Category == MarkCategory.Unknown || DayBits.Has(school.UnknownForAll[session], day)) unknown++;
                else if (mark.IsAbsent) absent++;
                else attended++;
            }
        }
        return (attended, absent, unknown);
    }
}
