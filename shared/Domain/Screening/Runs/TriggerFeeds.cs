using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>Names the feeds behind the triggers of a screening (<see cref="Trigger.Feeds"/>). The register in memory does not
/// hold them; the pages do, and only those of pupils with a trigger are looked at again.</summary>
public sealed class TriggerFeeds(ITableStore store, DistrictId district)
{
    /// <summary>Pages up to this many are fetched one by one, more of them with the school's year in one query.</summary>
    private const int FewPages = 48;

    /// <returns>The results in the same order.</returns>
    public async Task<List<ScreeningResult>> NameAsync(
        SchoolToScreen read, IReadOnlyList<ScreeningResult> results, RuleSet rules, CancellationToken cancellationToken)
    {
        var named = results.ToList();
        Dictionary<StudentKey, PupilPlace>? here = null;
        var pupils = new List<(int At, List<PupilPlace> Places, HashSet<DateOnly> Dates, bool BySection)>();
        for (var i = 0; i < results.Count; i++)
        {
            var fired = results[i].Triggers.Concat(results[i].Protective).Where(t => SourceOf(t, rules) != RuleEvidenceSource.Observations).ToList();
            if (fired.Count == 0) continue;
            here ??= read.Places().ToDictionary(p => p.Enrollments.Student);
            var places = read.Inputs.Places.Find(results[i].Student) ?? [here[results[i].Student]];
            pupils.Add((i, places, [.. fired.SelectMany(t => t.Dates)], fired.Exists(t => SourceOf(t, rules) == RuleEvidenceSource.SectionEvents)));
        }

        var registers = new Dictionary<SchoolYearRegister, Registered>();
        foreach (var school in pupils.SelectMany(p => p.Places.Select(place => (place, p.Dates))).GroupBy(p => p.place.School.Register))
        {
            var pages = school.SelectMany(p => p.Dates.Select(d => (Month: LedgerKeys.YearMonth(d), p.place.Block.Number))).ToHashSet();
            registers[school.Key] = await ReadAsync(school.Key, pages, cancellationToken);
        }
        foreach (var (at, places, dates, bySection) in pupils)
        {
            var marks = places.SelectMany(p => registers[p.School.Register].FeedsOf(p, dates)).ToLookup(m => m.Date, m => m.Feed);
            var sections = Enumerable.Empty<SetSection>().ToLookup(s => s.Date, s => s.Feed);
            if (bySection)
            {
                var events = new List<SetSection>();
                foreach (var place in places) events.AddRange(await SectionsOfAsync(place, dates, registers[place.School.Register], cancellationToken));
                sections = events.ToLookup(s => s.Date, s => s.Feed);
            }
            Trigger Named(Trigger trigger) => SourceOf(trigger, rules) switch
            {
                RuleEvidenceSource.Observations => trigger,
                RuleEvidenceSource.SectionEvents => trigger with { Feeds = [.. trigger.Dates.SelectMany(d => sections[d]).Distinct()] },
                _ => trigger with { Feeds = [.. trigger.Dates.SelectMany(d => marks[d]).Distinct()] },
            };
            named[at] = results[at] with { Triggers = [.. results[at].Triggers.Select(Named)], Protective = [.. results[at].Protective.Select(Named)] };
        }
        return named;
    }

    private static RuleEvidenceSource SourceOf(Trigger trigger, RuleSet rules) =>
        RuleSentences.SourceOf(rules.Rules.First(r => r.Id == trigger.RuleId).Evidence);

    private async Task<Registered> ReadAsync(SchoolYearRegister school, HashSet<(int Month, int Block)> pages, CancellationToken cancellationToken)
    {
        var partition = LedgerKeys.Partition(district, school.School, school.Year);
        var log = await new FeedLog(store, partition).ReadAsync(cancellationToken);
        var found = new Registered(partition, log.ToDictionary(f => f.Ordinal, f => f.Feed));
        if (pages.Count <= FewPages)
        {
            var keys = pages.Select(p => LedgerKeys.Page(p.Month, p.Block)).ToList();
            foreach (var row in await store.GetManyAsync(TableName.Attendance, partition, keys, cancellationToken))
                found.Pages[LedgerKeys.ParsePage(row.Key)] = row.Body;
            return found;
        }
        var range = LedgerKeys.PagesOfMonths(pages.Min(p => p.Month), pages.Max(p => p.Month));
        await foreach (var row in store.QueryAsync(TableName.Attendance, partition, range, cancellationToken))
            if (LedgerKeys.ParsePage(row.Key) is var page && pages.Contains(page)) found.Pages[page] = row.Body;
        return found;
    }

    private async Task<List<SetSection>> SectionsOfAsync(
        PupilPlace place, HashSet<DateOnly> dates, Registered register, CancellationToken cancellationToken)
    {
        var events = new List<SetSection>();
        foreach (var month in dates.Select(LedgerKeys.YearMonth).Distinct())
            if (await store.GetAsync(TableName.Attendance, register.Partition, LedgerKeys.Section(month, place.Block.Number), cancellationToken) is { } row)
                events.AddRange(SectionRows.ReadSet(row, month, place.Slot, register.Pages.GetValueOrDefault((month, place.Block.Number)).Span, register.Feeds)
                    .Where(s => s.Mark.IsAbsent && dates.Contains(s.Date)));
        return events;
    }

    /// <summary>What is read again of one school's year.</summary>
    private sealed record Registered(PartitionKey Partition, Dictionary<ushort, FeedId> Feeds)
    {
        public Dictionary<(int Month, int Block), ReadOnlyMemory<byte>> Pages { get; } = [];

        public List<(DateOnly Date, FeedId Feed)> FeedsOf(PupilPlace place, HashSet<DateOnly> dates)
        {
            var found = new List<(DateOnly, FeedId)>();
            foreach (var month in dates.Select(LedgerKeys.YearMonth).Distinct())
            {
                if (!Pages.TryGetValue((month, place.Block.Number), out var page)) continue;
                var first = LedgerKeys.FirstOfMonth(month);
                var reader = new LedgerPage.ColumnReader(page.Span);
                while (reader.Read())
                {
                    var ordinal = reader.FeedOf(place.Slot);
                    if (ordinal != 0 && first.AddDays(reader.Day - 1) is var date && dates.Contains(date)) found.Add((date, PupilMarks.FeedOf(Feeds, ordinal)));
                }
            }
            return found;
        }
    }
}
