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
        var latest = await LatestAsync(context, years, firstMonth, cancellationToken);
        if (asked is not { } day) return latest;
        // The last day of an older year is a look back too: it keeps nothing.
        var of = SchoolYear.Containing(day, firstMonth);
        return new AsOfDay(day, latest is null || day >= latest.Date, of, await registry.InYearAsync(of, cancellationToken));
    }

    private static async Task<AsOfDay?> LatestAsync(CommandContext context, List<int> years, int firstMonth, CancellationToken cancellationToken)
    {
        // A roster opens a school year before the first feed of it has come.
        foreach (var endYear in years.AsEnumerable().Reverse())
        {
            var year = new SchoolYear(endYear, firstMonth);
            var schools = await context.Get<SchoolRegistry>().InYearAsync(year, cancellationToken);
            if (await LastCoveredAsync(context, schools, year, cancellationToken) is { } last) return new AsOfDay(last, true, year, schools);
        }
        return null;
    }

    private static async Task<DateOnly?> LastCoveredAsync(
        CommandContext context, IReadOnlyList<SchoolId> schools, SchoolYear year, CancellationToken cancellationToken)
    {
        DateOnly? last = null;
        foreach (var school in schools)
        {
            var partition = LedgerKeys.Partition(context.Options.District, school, year);
            if (await SchoolYearHeader.FindAsync(context.Get<ITableStore>(), partition, cancellationToken) is { Header.Covered: { } covered }
                && (last is null || covered.To > last))
                last = covered.To;
        }
        return last;
    }

    public const string NothingYet = "There is no attendance yet. Import a feed first: import attendance FILE.";
}
