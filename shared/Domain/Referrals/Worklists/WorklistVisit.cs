namespace SchoolSignal.Domain.Referrals.Worklists;

/// <summary>When somebody last looked at the worklist. Looks no more than <see cref="Pause"/> apart are one visit, so that a
/// reload does not make everything old.</summary>
/// <param name="Before">The last look of the visit before this one; null on the first visit. What came after it is new.</param>
/// <param name="Latest">The last look so far.</param>
public sealed record WorklistVisit(DateTimeOffset? Before, DateTimeOffset Latest)
{
    /// <summary>Inclusive: a look this long after the last one still belongs to the visit.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    /// <summary>Looks this close together are not written down one by one. Exclusive.</summary>
    public static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    /// <param name="held">What was written down before, or null on the first visit ever.</param>
    public static WorklistVisit Look(WorklistVisit? held, DateTimeOffset now) =>
        held is null ? new WorklistVisit(null, now)
        : now - held.Latest > Pause ? new WorklistVisit(held.Latest, now)
        : now - held.Latest < Grain ? held
        : held with { Latest = now };

    /// <summary>On a first visit nothing is new: everything would be.</summary>
    public bool IsNew(Referral referral) => Before is { } before && referral.NewsAt > before;
}
