using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;

namespace SchoolSignal.Pages.District;

/// <param name="Month">The first of the month whose feeds are listed.</param>
/// <param name="Next">Null where the month is the running one.</param>
/// <param name="Feeds">The newest first.</param>
/// <param name="Failures">Work that was given up, waiting for its replay.</param>
public sealed record FeedsModel(
    DateOnly Month, DateOnly Previous, DateOnly? Next, IReadOnlyList<FeedStatus> Feeds, IReadOnlyList<SchoolFreshness> Schools,
    IReadOnlyList<Failure> Failures, DistrictDone? Done);

/// <param name="MaySeeRows">The refused rows hold pupils: for whoever sends the feeds.</param>
public sealed record FeedModel(FeedReport Report, bool MaySeeRows);
