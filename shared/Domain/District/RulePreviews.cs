using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Domain.District;

/// <summary>Screens every pupil by two rule sets side by side and keeps nothing of it but counts. One school is in memory at a
/// time, and of each pupil only the two levels.</summary>
public sealed class RulePreviews(ITableStore store, SchoolReading reading, SchoolRegistry registry, DistrictId district)
{
    /// <summary>As of the last day the feeds speak for. Screens as if there were a legal basis: counts judge nobody, and a
    /// district may look at its rules before it starts.</summary>
    /// <param name="looked">Called after each school with how many have been looked at, and of how many; null calls nobody.</param>
    /// <returns>Null if there is no attendance yet.</returns>
    public async Task<RulePreview?> CompareAsync(
        RuleSet now, RuleSet then, DistrictSettings settings, Func<PreviewProgress, Task>? looked, CancellationToken cancellationToken)
    {
        if (await LatestAsync(settings, cancellationToken) is not var (year, asOf)) return null;
        var counts = new int[LevelCount, LevelCount];
        var (byNow, byThen) = (new Screener(now), new Screener(then));
        var schools = await registry.InYearAsync(year, cancellationToken);
        for (var i = 0; i < schools.Count; i++)
        {
            if (await reading.ReadAsync(schools[i], year, asOf, settings, cancellationToken) is { } read)
                Count(byNow, byThen, read, counts);
            if (looked is not null) await looked(new PreviewProgress(i + 1, schools.Count));
        }
        return Summarise(asOf, counts);
    }

    /// <summary>How many schools a comparison would look at.</summary>
    public async Task<int> CountSchoolsAsync(DistrictSettings settings, CancellationToken cancellationToken) =>
        await LatestAsync(settings, cancellationToken) is var (year, _) ? (await registry.InYearAsync(year, cancellationToken)).Count : 0;

    private static int LevelCount { get; } = Enum.GetValues<Level>().Length;

    private static void Count(Screener now, Screener then, SchoolToScreen read, int[,] counts)
    {
        var inputs = read.Inputs with { HasLegalBasis = true };
        var (before, after) = (new PupilOutcome[RegisterBlock.Width], new PupilOutcome[RegisterBlock.Width]);
        foreach (var block in read.Baseline.Register.Blocks)
        {
            now.ScreenBlock(read.Baseline, block, inputs, before);
            then.ScreenBlock(read.Baseline, block, inputs, after);
            for (var slot = 0; slot < RegisterBlock.Width; slot++)
                if (before[slot] is { Kind: PlaceKind.OnRoll, NotScreenedBecause: not NotScreenedReason.OptedOut })
                    counts[(int)before[slot].Level, (int)after[slot].Level]++;
        }
    }

    private static RulePreview Summarise(DateOnly asOf, int[,] counts)
    {
        var (all, rises, falls) = (0, 0, 0);
        var (now, then) = (new int[LevelCount], new int[LevelCount]);
        for (var before = 0; before < LevelCount; before++)
            for (var after = 0; after < LevelCount; after++)
            {
                var pupils = counts[before, after];
                all += pupils;
                now[before] += pupils;
                then[after] += pupils;
                if (after > before) rises += pupils;
                if (after < before) falls += pupils;
            }
        return new RulePreview(asOf, all, [.. Enum.GetValues<Level>().OrderDescending().Select(level => new LevelChange(level, now[(int)level], then[(int)level]))], rises, falls);
    }

    /// <summary>A roster opens a school year before its first feed has come: then the year before is looked at.</summary>
    private async Task<(SchoolYear Year, DateOnly AsOf)?> LatestAsync(DistrictSettings settings, CancellationToken cancellationToken)
    {
        foreach (var endYear in (await registry.YearsAsync(cancellationToken)).AsEnumerable().Reverse())
        {
            var year = new SchoolYear(endYear, settings.FirstMonth);
            DateOnly? last = null;
            foreach (var school in await registry.InYearAsync(year, cancellationToken))
                if (await SchoolYearHeader.FindAsync(store, LedgerKeys.Partition(district, school, year), cancellationToken) is { Header.Covered: { } covered }
                    && (last is null || covered.To > last)) last = covered.To;
            if (last is { } asOf) return (year, asOf);
        }
        return null;
    }
}
