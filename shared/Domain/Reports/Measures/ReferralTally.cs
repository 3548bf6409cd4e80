using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Adds up one school's referrals of a period.</summary>
/// <param name="days">The school's days, by which times are counted.</param>
internal sealed class ReferralTally(SchoolDays days)
{
    private readonly int[] verdicts = new int[Enum.GetValues<Verdict>().Length];
    private readonly int[] acknowledgedAfter = new int[ReferralCounts.MostDays + 1];
    private readonly int[] contactedAfter = new int[ReferralCounts.MostDays + 1];
    private int opened;
    private int acknowledged;
    private int closed;

    public ReferralCounts Counts => new(opened, acknowledged, closed, [.. verdicts], Trimmed(acknowledgedAfter), Trimmed(contactedAfter));

    /// <summary>Adds a moment that lies in the period.</summary>
    public void Add(ReferralTime time)
    {
        switch (time.Moment)
        {
            case ReferralMoment.Opened:
                opened++;
                break;
            case ReferralMoment.Acknowledged:
                acknowledged++;
                acknowledgedAfter[SchoolDaysOf(time)]++;
                break;
            case ReferralMoment.Contacted:
                contactedAfter[SchoolDaysOf(time)]++;
                break;
            case ReferralMoment.Closed:
                closed++;
                if (time.Verdict is { } verdict) verdicts[(int)verdict]++;
                break;
            default:
                throw new InvalidOperationException("A moment of a referral is not handled.");
        }
    }

    /// <summary>School days after the first day through the last; 0 on the same day, and where the contact had been before.</summary>
    private int SchoolDaysOf(ReferralTime time) => time is { Since: { } since, Until: { } until }
        ? Math.Clamp(days.CountThrough(until) - days.CountThrough(since), 0, ReferralCounts.MostDays)
        : 0;

    private static List<int> Trimmed(int[] counts) => [.. counts[..(Array.FindLastIndex(counts, c => c > 0) + 1)]];
}

/// <summary>The middle of counted times.</summary>
public static class MedianDays
{
    /// <returns>How many there are, and the median in school days: whole, or halved between two. Null of none.</returns>
    /// <param name="counts">For each number of days, how many took that long.</param>
    public static (int Count, decimal? Median) Of(IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var count = counts.Sum();
        return count == 0 ? (0, null) : (count, (At(counts, (count - 1) / 2) + At(counts, count / 2)) / 2m);
    }

    private static int At(IReadOnlyList<int> counts, int rank)
    {
        var day = 0;
        while (rank >= counts[day]) rank -= counts[day++];
        return day;
    }
}
