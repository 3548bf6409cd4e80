namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>Absence before and after a day somebody acted, over equally many school days. It is a look, not a proof: absence
/// that was high by chance falls again by itself.</summary>
/// <param name="Since">The day of the action; it counts on neither side.</param>
/// <param name="Days">School days counted on each side; 0 if there are too few yet.</param>
/// <param name="Before">Absent of possible sessions, 0 to 1.</param>
/// <param name="After">The same after it.</param>
public sealed record AttendanceChange(DateOnly Since, int Days, decimal Before, decimal After)
{
    /// <summary>Fewer days on a side say nothing. Inclusive.</summary>
    public const int LeastDays = 5;

    /// <summary>As many as the rules look back over. Inclusive.</summary>
    public const int MostDays = 45;

    public bool IsKnown => Days > 0;

    /// <param name="days">The pupil's school days, ascending; those without a possible session do not count.</param>
    public static AttendanceChange Of(DateOnly since, IReadOnlyList<AttendanceDay> days)
    {
        var counted = days.Where(d => d.Possible > 0).ToList();
        var before = counted.Where(d => d.Date < since).ToList();
        var after = counted.Where(d => d.Date > since).ToList();
        var length = Math.Min(MostDays, Math.Min(before.Count, after.Count));
        return length < LeastDays
            ? new AttendanceChange(since, 0, 0, 0)
            : new AttendanceChange(since, length, Rate(before.TakeLast(length)), Rate(after.Take(length)));
    }

    private static decimal Rate(IEnumerable<AttendanceDay> days)
    {
        var (absent, possible) = days.Aggregate((0, 0), (sum, day) => (sum.Item1 + day.Absent, sum.Item2 + day.Possible));
        return (decimal)absent / possible;
    }
}
