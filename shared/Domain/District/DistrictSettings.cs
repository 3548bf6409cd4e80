using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Retention;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>What a district decides for itself. A new district has <see cref="Default"/>: no legal basis, so nobody is
/// screened until somebody sets one.</summary>
/// <param name="CodeSets">Ids of the code sets the district uses. Where several sets fit a file's codes equally
/// well, one of these is meant.</param>
/// <param name="OptOuts">Pupils who are not screened.</param>
/// <param name="UnresolvedOptOuts">Opt-outs named before the roster knew the pupil. They are ids, so they stay here only
/// until <see cref="OptOutResolution.ResolveAsync"/> finds the pupil's key.</param>
/// <param name="FirstMonth">First month of the school year, 1 to 12.</param>
public sealed record DistrictSettings(
    LegalBasis? LegalBasis,
    IReadOnlyList<string> CodeSets,
    DistrictThresholds Thresholds,
    IReadOnlySet<StudentKey> OptOuts,
    IReadOnlyList<StudentUniqueId> UnresolvedOptOuts,
    DistrictCapacity Capacity,
    int FirstMonth)
{
    public static DistrictSettings Default { get; } = new(
        null, [], DistrictThresholds.Default, new HashSet<StudentKey>(), [], DistrictCapacity.Unlimited, SchoolYear.DefaultFirstMonth);

    public DistrictProfile Profile { get; init; } = DistrictProfile.None;

    /// <summary>Whole months for which the audit is kept, <see cref="MinAuditMonths"/> to <see cref="MaxAuditMonths"/>; null keeps it for good.</summary>
    public int? AuditMonths { get; init; }

    /// <summary>How long everything else is kept.</summary>
    public RetentionSettings Retention { get; init; } = RetentionSettings.Default;

    /// <summary>Longer than an entry may come late.</summary>
    public const int MinAuditMonths = 24;

    public const int MaxAuditMonths = 1200;

    public bool IsOptedOut(StudentKey student) => OptOuts.Contains(student);
}

/// <summary>Thresholds that are the district's and not a rule's.</summary>
/// <param name="StaleFeedSchoolDays">A school whose newest covered day lies this many school days or more before the as-of
/// date (inclusive) has a stale feed. 1 to 60.</param>
/// <param name="RuleSet">A shipped rule set's version, or a file ending in <c>.json</c>; null is the newest shipped one.</param>
public sealed record DistrictThresholds(int StaleFeedSchoolDays, string? RuleSet)
{
    public const int DefaultStaleFeedSchoolDays = 3;

    public static DistrictThresholds Default { get; } = new(DefaultStaleFeedSchoolDays, null);
}

/// <summary>How many new routine referrals a counsellor can take on in a week, Monday to Sunday. Only <c>Raised</c> ones
/// are routine; <c>High</c> and Urgent are never held back.</summary>
/// <param name="RoutinePerCounsellorAndWeek">Null is no cap; else 0 to 100.</param>
/// <param name="Counsellors">Counsellors of a school, where it has not exactly one. 0 to 15.</param>
public sealed record DistrictCapacity(int? RoutinePerCounsellorAndWeek, IReadOnlyDictionary<SchoolId, int> Counsellors)
{
    /// <summary>Of one school; inclusive.</summary>
    public const int MaxCounsellors = 15;

    public static DistrictCapacity Unlimited { get; } = new(null, new Dictionary<SchoolId, int>());

    /// <summary>New routine referrals a school may get in a week, or null without a cap.</summary>
    public int? WeeklyCapOf(SchoolId school) =>
        RoutinePerCounsellorAndWeek is { } each ? each * (Counsellors.TryGetValue(school, out var counsellors) ? counsellors : 1) : null;
}
