using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Pages.District;

/// <param name="Month">The first of the month whose feeds are listed.</param>
/// <param name="Next">Null where the month is the running one.</param>
/// <param name="Feeds">The newest first.</param>
/// <param name="Form">The reason for giving a part up, where it came back.</param>
public sealed record FeedsModel(
    DateOnly Month, DateOnly Previous, DateOnly? Next, IReadOnlyList<FeedStatus> Feeds, IReadOnlyList<SchoolFreshness> Schools,
    FailurePart Failures, FormState Form, DistrictDone? Done);

/// <summary>A page of the work that failed for good and waits for somebody, the latest first.</summary>
/// <param name="Page">From 1.</param>
/// <param name="Total">On all pages.</param>
public sealed record FailurePart(IReadOnlyList<Failure> Shown, int Page, int Pages, int Total)
{
    public const int PageSize = 10;

    /// <param name="page">The nearest there is where it is out of range.</param>
    public static FailurePart Of(IReadOnlyList<Failure> all, int page)
    {
        ArgumentNullException.ThrowIfNull(all);
        var pages = Math.Max(1, (all.Count + PageSize - 1) / PageSize);
        var at = Math.Clamp(page, 1, pages);
        return new FailurePart([.. all.OrderByDescending(failure => failure.When).Skip((at - 1) * PageSize).Take(PageSize)], at, pages, all.Count);
    }

    /// <summary>Of the form that gives a failure up.</summary>
    public static string ReasonFieldOf(string reference) => $"reason-{reference}";

    /// <summary>Only a part of a feed can be gone on without.</summary>
    public static bool CanGiveUp(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.Kind == FeedSplitter.BatchKind;
    }
}

/// <param name="MaySeeRows">The refused rows hold pupils: for whoever sends the feeds.</param>
public sealed record FeedModel(FeedReport Report, bool MaySeeRows, IReadOnlyList<GivenUpPart> GivenUp);

/// <summary>A school's part of a feed that somebody decided to go on without.</summary>
/// <param name="By">The person's name, or an id where the staff has none.</param>
public sealed record GivenUpPart(string School, string By, DateTimeOffset At, string Reason);
