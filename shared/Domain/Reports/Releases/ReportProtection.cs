using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>What became of protecting a report.</summary>
internal abstract record ProtectedReport
{
    private ProtectedReport()
    {
    }

    /// <summary>Ready to be looked at.</summary>
    /// <param name="Basis">How many reports had been published when it was protected.</param>
    public sealed record Ready(ReportContent Content, Certificate? Certificate, int Basis) : ProtectedReport;

    public sealed record Hindered(ReportMode Mode, ReportHindrance Hindrance) : ProtectedReport;
}

/// <summary>Turns counts into what may be published: by hiding, against every report ever published, withdrawn ones among them; or by
/// adding chance, paid out of the school year's budget.</summary>
public sealed class ReportProtection(
    ReportStore reports, ReportArchive archive, ReportSettingsStore settings, DistrictSettingsStore district, PrivacyLedger ledger, TimeProvider time)
{
    /// <summary>How far a trend looks back.</summary>
    public const int TrendWeeks = 26;

    /// <param name="countsHash">Names the counts: the same counts of a report get the same chance added, whenever they are asked for.</param>
    internal async Task<ProtectedReport> ProtectAsync(ReportId id, PeriodCounts counts, string countsHash, CancellationToken cancellationToken)
    {
        var (published, _) = await reports.PublishedAsync(cancellationToken);
        var (decided, _) = await settings.ReadAsync(cancellationToken);
        // Chance is added to each report by itself: its numbers sum within it, not over reports.
        var weeks = id.Period.Kind == PeriodKind.Term && decided.Mode == ReportMode.Hide ? await WeeksOfAsync(id.Period, cancellationToken) : [];
        var tables = ReportTables.Of(id, counts, [.. weeks.Select(w => w.Id)]) with { Mode = decided.Mode };
        if (decided.Mode == ReportMode.Hide) tables = tables with { ListsDistrict = !await CountsOtherSchoolsAsync(tables, published, cancellationToken) };
        var release = tables.Fill(counts, weeks);
        if (await ProtectAsync(release, published, countsHash, id, decided, cancellationToken) is not { } done)
            return new ProtectedReport.Hindered(decided.Mode, decided.Mode == ReportMode.Noise ? ReportHindrance.BudgetSpent : ReportHindrance.NotProtected);

        var content = new ReportContent(
            id.ToString(), time.GetUtcNow(), decided.Mode, decided.Threshold, DistrictOf(counts), [.. counts.Schools.Select(LineOf)],
            [.. weeks.Select(w => w.Id.ToString())], done.Tables.ToDictionary(t => t.Name, t => t.Counts), null, [], done.Noise, !tables.ListsDistrict);
        return new ProtectedReport.Ready(await WithTimesAsync(content, counts, decided.Threshold, cancellationToken), done.Certificate, published.Keys.Count);
    }

    /// <returns>Null if the budget does not reach, or nothing proves the numbers safe.</returns>
    private async Task<Published?> ProtectAsync(
        Release release, PublishedReports published, string countsHash, ReportId id, ReportSettings decided, CancellationToken cancellationToken)
    {
        if (decided.Mode == ReportMode.Noise)
        {
            var year = SchoolYear.Containing(id.Period.Last, (await district.ReadAsync(cancellationToken)).Settings.FirstMonth);
            var noise = new ReportNoise(release, new Epsilon(decided.EpsilonOfReport));
            var drawn = await ledger.DrawAsync(
                $"{id} {countsHash[..16]}", year, noise.Cost, new Epsilon(decided.EpsilonOfYear), noise.Draw, cancellationToken);
            return drawn is PrivateDraw.Drawn { Body: var body } ? new Published(noise.Read(body), null, noise.Sizes) : null;
        }
        var earlier = new List<PublishedRelease>();
        foreach (var key in published.Keys) earlier.Add((await archive.ReadReleasedAsync(ReportId.Parse(key), cancellationToken)).ToPublished());
        return SmallCellSuppression.Protect(release, earlier, decided.Policy, SuppressionBounds.Default with { Clock = time }) switch
        {
            ProtectionResult.Protected done => new Published(done.Release.Tables, done.Certificate, null),
            // The reasons name hidden numbers: they are for nobody to read.
            ProtectionResult.Refused => null,
            _ => throw new InvalidOperationException("An outcome of protecting is not handled."),
        };
    }

    /// <summary>Whether a revision of the period was published of other schools than these.</summary>
    private async Task<bool> CountsOtherSchoolsAsync(ReportTables tables, PublishedReports published, CancellationToken cancellationToken)
    {
        foreach (var id in published.Keys.Select(ReportId.Parse).Where(id => id.Period == tables.Id.Period))
        {
            var then = (await archive.ReadReleasedAsync(id, cancellationToken)).Shape();
            if (!then.Counted.SequenceEqual(tables.Counted) || !then.All.SequenceEqual(tables.All)) return true;
        }
        return false;
    }

    private sealed record Published(IReadOnlyList<PublishedTable> Tables, Certificate? Certificate, IReadOnlyDictionary<string, TableNoise>? Noise);

    private async Task<List<CountedWeek>> WeeksOfAsync(ReportPeriod term, CancellationToken cancellationToken)
    {
        var weeks = new List<CountedWeek>();
        foreach (var week in await reports.PublicAsync(term.First, term.Last, cancellationToken))
            // A week with chance added does not sum to exact numbers: what it counts is in the rest.
            if (week.Period.Kind == PeriodKind.Week && week.Mode == ReportMode.Hide && week.Period.First >= term.First)
                weeks.Add(new CountedWeek(week.Id, await archive.ReadCountsAsync(week.Id, cancellationToken)));
        return weeks;
    }

    private static ReportSchool LineOf(SchoolCounts school) =>
        new(school.School, new ReportLine(school.State, school.AsOf, school.Sessions.KnownPercent, AnswerTimes.Hidden));

    /// <summary>Adds what is put together from the protected numbers: answer times, the period before, the trend.</summary>
    private async Task<ReportContent> WithTimesAsync(ReportContent content, PeriodCounts counts, int threshold, CancellationToken cancellationToken)
    {
        var numbers = new ReportNumbers(content);
        content = content with
        {
            District = content.District with { Times = Times(numbers, null, Sum(counts.Schools.Select(s => s.Referrals)), threshold) },
            Schools = [.. content.Schools.Zip(counts.Schools, (line, of) => line with { Line = line.Line with { Times = Times(numbers, of.School, of.Referrals, threshold) } })],
        };

        var period = content.Id.Period;
        var isTerm = period.Kind == PeriodKind.Term;
        var earlier = await reports.PublicAsync(period.First.AddDays(-7 * TrendWeeks), period.Last, cancellationToken);
        var trend = new List<TrendWeek>();
        foreach (var week in earlier.Where(r => r.Period.Kind == PeriodKind.Week && (isTerm ? r.Period.First >= period.First : r.Period.Last < period.First)))
        {
            var of = new ReportNumbers(await archive.ReadReleasedAsync(week.Id, cancellationToken));
            trend.Add(WeekOf(of, content.Schools));
        }
        if (!isTerm) trend.Add(WeekOf(numbers, content.Schools));
        return content with
        {
            Before = earlier.LastOrDefault(r => r.Period.Kind == period.Kind && r.Period.Last < period.First)?.Key,
            Trend = [.. trend.TakeLast(TrendWeeks)],
        };
    }

    private static TrendWeek WeekOf(ReportNumbers week, IReadOnlyList<ReportSchool> schools) =>
        new(week.Content.Key, [week.Point(null), .. schools.Select(s => week.Point(s.School))], week.Content.Noise);

    /// <summary>A median is shown where at least the threshold stand behind it. That so many were acknowledged would tell of a hidden
    /// number, so where that is hidden the medians are too.</summary>
    private static AnswerTimes Times(ReportNumbers numbers, SchoolId? school, ReferralCounts counts, int threshold)
    {
        // A median is of the true times: beside numbers with chance added it has no place.
        if (numbers.Content.Mode == ReportMode.Noise || numbers.Acknowledged(school) is null) return AnswerTimes.Hidden;
        return new AnswerTimes(Median(counts.AcknowledgedAfter), Median(counts.ContactedAfter));

        decimal? Median(IReadOnlyList<int> days) => MedianDays.Of(days) is ({ } count, { } median) && count >= threshold ? median : null;
    }

    private static ReferralCounts Sum(IEnumerable<ReferralCounts> all)
    {
        var (acknowledged, contacted) = (new int[ReferralCounts.MostDays + 1], new int[ReferralCounts.MostDays + 1]);
        foreach (var school in all)
        {
            for (var day = 0; day < school.AcknowledgedAfter.Count; day++) acknowledged[day] += school.AcknowledgedAfter[day];
            for (var day = 0; day < school.ContactedAfter.Count; day++) contacted[day] += school.ContactedAfter[day];
        }
        return ReferralCounts.None with { AcknowledgedAfter = acknowledged, ContactedAfter = contacted };
    }

    /// <summary>The district's line: counted if any school was, its feed as complete as the schools' together.</summary>
    private static ReportLine DistrictOf(PeriodCounts counts)
    {
        var counted = counts.Schools.Where(s => s.State == CountState.Counted).ToList();
        var known = counted.Sum(s => (long)s.Sessions.Attended.Sessions + s.Sessions.Absent.Sessions);
        var expected = known + counted.Sum(s => (long)s.Sessions.Unknown);
        return new ReportLine(
            counted.Count > 0 ? CountState.Counted : CountState.NoSchoolDay, counted.Max(s => s.AsOf),
            expected > 0 ? (int)(100 * known / expected) : null, AnswerTimes.Hidden);
    }
}
