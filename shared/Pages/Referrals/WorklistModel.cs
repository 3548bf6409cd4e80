using Microsoft.AspNetCore.Http.Extensions;
using SchoolSignal.Domain.Referrals.Worklists;

namespace SchoolSignal.Pages.Referrals;

/// <summary>The worklist's page.</summary>
/// <param name="Outcome">What became of acknowledging several; null if nobody just did.</param>
/// <param name="MayWork">False for a reader who takes nothing on, such as a safeguarding lead.</param>
public sealed record WorklistModel(WorklistView View, BulkOutcome? Outcome, bool MayWork)
{
    public bool IsFiltered => View.Filter != WorklistFilter.Everything;

    /// <summary>The page's address with another page number; the filter stays.</summary>
    public string AddressOf(int page) => WorklistAddress.Of(View.Filter, page);
}

/// <summary>What became of acknowledging several.</summary>
/// <param name="Missed">Names of those somebody else was faster with, as far as the page still shows them.</param>
public sealed record BulkOutcome(int Acknowledged, int MissedCount, IReadOnlyList<string> Missed)
{
    public bool WasNobodyPicked => Acknowledged == 0 && MissedCount == 0;
}

/// <summary>The worklist's address: what it shows, and never whom.</summary>
public static class WorklistAddress
{
    public const string Path = "/worklist";

    public static string Of(WorklistFilter filter, int page)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Path + QueryOf(filter, page);
    }

    /// <summary>Beginning with a question mark, or empty.</summary>
    public static string QueryOf(WorklistFilter filter, int page)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = new QueryBuilder();
        if (filter.School is { } school) query.Add("school", school.Value);
        if (filter.Level is { } level) query.Add("level", level.ToString());
        if (filter.State is { } state) query.Add("state", state.ToString());
        if (filter.OnlyMine) query.Add("whose", "mine");
        if (filter.OnlyDue) query.Add("due", "now");
        if (page > 1) query.Add("page", page.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return query.ToString();
    }
}
