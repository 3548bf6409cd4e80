using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Whether a school could be counted in a period.</summary>
public enum CountState
{
    Counted,
    /// <summary>The school had no school day in the period.</summary>
    NoSchoolDay,
    /// <summary>No attendance has come for the school's year, or none for too many school days: its numbers would tell of the feed, not of pupils.</summary>
    StaleFeed,
    /// <summary>A part of a feed failed for good and waits for its replay.</summary>
    FeedPaused,
}

/// <summary>Sessions of one kind, and how many pupils are behind them.</summary>
/// <param name="Pupils">Pupils with one such session or more.</param>
/// <param name="Largest">The greatest numbers of sessions of single pupils, falling, at most <see cref="Kept"/>.</param>
public sealed record SessionCell(int Sessions, int Pupils, IReadOnlyList<int> Largest)
{
    public const int Kept = 3;

    public static SessionCell None { get; } = new(0, 0, []);

    /// <param name="perPupil">One number for each pupil, zeros among them.</param>
    public static SessionCell Of(IEnumerable<int> perPupil)
    {
        var some = perPupil.Where(n => n > 0).OrderDescending().ToList();
        return new SessionCell(some.Sum(), some.Count, [.. some.Take(Kept)]);
    }
}

/// <summary>What a school's register says of the period's sessions. Every session that was possible for a counted pupil is in
/// exactly one of the three.</summary>
public sealed record SessionCounts(SessionCell Attended, SessionCell Absent, int Unknown)
{
    public static SessionCounts None { get; } = new(SessionCell.None, SessionCell.None, 0);

    /// <summary>Of the sessions expected, the share that the register knows, in whole per cent, rounded down; null where none was expected.</summary>
    [JsonIgnore]
    public int? KnownPercent => Attended.Sessions + Absent.Sessions is var known && known + Unknown > 0 ? (int)(100L * known / (known + Unknown)) : null;
}

/// <summary>What became of a school's referrals in a period. <paramref name="AcknowledgedAfter"/> and
/// <paramref name="ContactedAfter"/> hold, for each number of school days, how many took that long; the last place stands for
/// <see cref="MostDays"/> and more.</summary>
/// <param name="ByVerdict">In the order of <see cref="Verdict"/>; their sum is the number closed.</param>
public sealed record ReferralCounts(
    int Opened, int Acknowledged, int Closed, IReadOnlyList<int> ByVerdict, IReadOnlyList<int> AcknowledgedAfter, IReadOnlyList<int> ContactedAfter)
{
    /// <summary>School days from which longer waits are no longer told apart.</summary>
    public const int MostDays = 60;

    public static ReferralCounts None { get; } = new(0, 0, 0, new int[Enum.GetValues<Verdict>().Length], [], []);
}

/// <summary>What one school adds to a report: counts of pupils, sessions and referrals, and nothing of any one pupil.</summary>
/// <param name="AsOf">The school's last school day in the period.</param>
/// <param name="Levels">Pupils screened, in the order of <see cref="Level"/>.</param>
/// <param name="NewSigns">Pupils with a new sign, in the order of <see cref="Families"/>.</param>
/// <param name="LevelsByBand">For each <see cref="GradeBand"/> in order, pupils in the order of <see cref="Level"/>; empty in a week.</param>
public sealed record SchoolCounts(
    SchoolId School, CountState State, DateOnly? AsOf, IReadOnlyList<int> Levels, IReadOnlyList<int> NewSigns, SessionCounts Sessions,
    IReadOnlyList<IReadOnlyList<int>> LevelsByBand, ReferralCounts Referrals)
{
    /// <summary>The families whose rules are signs. What counts in a pupil's favour is none.</summary>
    public static IReadOnlyList<RuleFamily> Families { get; } = [RuleFamily.Absence, RuleFamily.Pattern, RuleFamily.Partial, RuleFamily.Observation];

    [JsonIgnore]
    public int Screened => Levels.Sum();

    /// <summary>A school that could not be counted.</summary>
    public static SchoolCounts Empty(SchoolId school, CountState state, DateOnly? asOf) => new(
        school, state, asOf, new int[Enum.GetValues<Level>().Length], new int[Families.Count], SessionCounts.None, [], ReferralCounts.None);
}
