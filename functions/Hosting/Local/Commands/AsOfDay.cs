using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The day a command looks from, and the schools it looks at.</summary>
/// <param name="Date">The last day whose marks count.</param>
/// <param name="IsLatest">No feed speaks for a later day: what is seen is how things stand.</param>
internal sealed record AsOfDay(DateOnly Date, bool IsLatest, SchoolYear Year, IReadOnlyList<SchoolId> Schools)
{
    /// <param name="asked">The day asked for; null is the last day a feed speaks for in the latest school year.</param>
    /// <returns>Null if there is no attendance yet.</returns>
    public static async Task<AsOfDay?> FindAsync(CommandContext context, DateOnly? asked, CancellationToken cancellationToken)
    {
        var firstMonth = (await context.Get<DistrictSettingsStore>().ReadAsync(cancellationToken)).Settings.FirstMonth;
        var registry = context.Get<SchoolRegistry>();
        var years = await registry.YearsAsync(cancellationToken);
        if (years.Count == 0) return null;

        var year = asked is { } date ? SchoolYear.Containing(date, firstMonth) : new SchoolYear(years[^1], firstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        DateOnly? last = null;
        foreach (var school in schools)
        {
            var partition = LedgerKeys.Partition(context.Options.District, school, year);
            if (await SchoolYearHeader.FindAsync(context.Get<ITableStore>(), partition, cancellationToken) is { Header.Covered: { } covered }
                && (last is null || covered.To > last))
                last = covered.To;
        }
        if (asked is { } day) return new AsOfDay(day, last is null || day >= last, year, schools);
        return last is { } to ? new AsOfDay(to, true, year, schools) : null;
    }

    public const string NothingYet = "There is no attendance yet. Import a feed first: import attendance FILE.";
}
