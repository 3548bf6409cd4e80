using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Referrals.Worklists;

/// <summary>Parts of the worklist, in the order they stand on the page.</summary>
public enum WorklistPart
{
    /// <summary>A reminder of one's own: a next step that is due, a rest that has ended.</summary>
    Due,
    /// <summary>One's own cases and caseload.</summary>
    Mine,
    /// <summary>Everybody else's at one's schools.</summary>
    Others,
    /// <summary>Snoozed until a day.</summary>
    Resting,
    /// <summary>Held back by the weekly cap.</summary>
    Waiting,
}

/// <summary>A referral in the worklist.</summary>
/// <param name="IsNew">Something happened since one's last visit.</param>
/// <param name="IsDue">A reminder is due.</param>
public sealed record WorklistItem(Referral Referral, WorklistPart Part, bool IsMine, bool IsNew, bool IsDue)
{
    /// <summary>It can be acknowledged from the list.</summary>
    public bool CanAcknowledge => Referral.State == ReferralState.New;
}

/// <summary>How a worklist is laid out for somebody. Pure.</summary>
public static class WorklistLayout
{
    /// <param name="referrals">Open ones.</param>
    /// <param name="isMine">Whether it is one's own case or caseload.</param>
    /// <returns>Part by part, each in the order to work it; what the filter does not take is left out.</returns>
    public static IReadOnlyList<WorklistItem> Arrange(
        IEnumerable<Referral> referrals, WorklistFilter filter, Func<Referral, bool> isMine, WorklistVisit visit, DateOnly today)
    {
        var items = new List<WorklistItem>();
        foreach (var referral in referrals)
        {
            var mine = isMine(referral);
            if (filter.Takes(referral, mine, today))
                items.Add(new WorklistItem(referral, PartOf(referral, mine, today), mine, visit.IsNew(referral), referral.IsDueOn(today)));
        }
        items.Sort((left, right) => left.Part != right.Part ? left.Part.CompareTo(right.Part) : Worklist.InOrder(left.Referral, right.Referral));
        return items;
    }

    private static WorklistPart PartOf(Referral referral, bool isMine, DateOnly today) =>
        referral.Waiting ? WorklistPart.Waiting
        : referral.IsSnoozedOn(today) ? WorklistPart.Resting
        : !isMine ? WorklistPart.Others
        : referral.IsDueOn(today) ? WorklistPart.Due
        : WorklistPart.Mine;
}

/// <summary>A row of the worklist's page, with the pupil's name for somebody who may see it.</summary>
/// <param name="Assignee">Whose case it is, as colleagues know the person; null if nobody's.</param>
public sealed record WorklistRow(WorklistItem Item, string Name, string? Assignee);

/// <summary>An urgent safeguarding concern above every referral.</summary>
public sealed record ConcernRow(Guid Id, string Name, SchoolId? School, DateOnly Date, DateTimeOffset ReceivedAt);

/// <summary>The worklist as somebody sees it.</summary>
/// <param name="Concerns">For safeguarding leads; empty for others.</param>
/// <param name="Schools">To choose from in the filter: one's own, in order.</param>
/// <param name="Total">How many the filter takes, on all pages.</param>
/// <param name="Page">From 1.</param>
/// <param name="Fresh">How many are new since the last visit, of those the filter takes.</param>
public sealed record WorklistView(
    IReadOnlyList<ConcernRow> Concerns, IReadOnlyList<WorklistRow> Rows, WorklistFilter Filter, IReadOnlyList<SchoolId> Schools,
    WorklistVisit Visit, DateOnly Today, int Total, int Page, int Pages, int Fresh)
{
    /// <summary>The rows of a part, in order.</summary>
    public IEnumerable<WorklistRow> Of(WorklistPart part) => Rows.Where(row => row.Item.Part == part);
}
