using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>The reports of a district as an administrator finds them.</summary>
/// <param name="Drafts">Those that wait for a person, oldest first.</param>
/// <param name="Released">Of each period the revision that holds, newest first.</param>
/// <param name="Newest">What the newest week of them shows; null before the first.</param>
public sealed record ReportList(IReadOnlyList<Report> Drafts, IReadOnlyList<Report> Released, ReportNumbers? Newest);

/// <summary>A report with what belongs to it.</summary>
/// <param name="Numbers">Null where there is nothing to be seen: not looked at yet, or withdrawn.</param>
/// <param name="Before">The period before, as it was published last when this one was made.</param>
/// <param name="Revisions">All of the period, newest first.</param>
/// <param name="Changes">What it shows otherwise than the revision before it.</param>
public sealed record ReportView(
    Report Report, ReportNumbers? Numbers, ReportNumbers? Before, IReadOnlyList<Report> Revisions, IReadOnlyList<(ReportFact Then, ReportFact Now)> Changes);

/// <summary>A page of numbers, and where the next begins.</summary>
/// <param name="Next">Null on the last page.</param>
public sealed record ReportFactPage(IReadOnlyList<ReportFact> Facts, string? Next);

/// <summary>Reads reports for pages, files and the API.</summary>
public sealed class ReportReading(ReportStore reports, ReportArchive archive, ReportDrafts drafts, DistrictSettingsStore settings, TimeProvider time)
{
    /// <summary>Of older periods the files remain.</summary>
    private const int ListedDays = 400;

    public async Task<ReportList> ListAsync(CancellationToken cancellationToken)
    {
        var today = (await settings.ReadProfileAsync(cancellationToken)).DayOf(time.GetUtcNow());
        var all = (await reports.BetweenAsync(today.AddDays(-ListedDays), today, cancellationToken)).Select(r => r.Report).ToList();
        var released = all.Where(r => r.State == ReportState.Released).GroupBy(r => r.Period).Select(g => g.MaxBy(r => r.Id.Revision)!)
            .OrderByDescending(r => r.Period).ToList();
        return new ReportList(
            [.. all.Where(r => r.State is ReportState.Computed or ReportState.Previewed)], released,
            released.Find(r => r.Period.Kind == PeriodKind.Week) is { } newest ? new ReportNumbers(await archive.ReadReleasedAsync(newest.Id, cancellationToken)) : null);
    }

    /// <summary>Null if there is no such report.</summary>
    public async Task<ReportView?> FindAsync(ReportId id, CancellationToken cancellationToken)
    {
        var revisions = (await reports.OfPeriodAsync(id.Period, cancellationToken)).Select(r => r.Report).Reverse().ToList();
        if (revisions.Find(r => r.Id == id) is not { } report) return null;
        if (report.State is ReportState.Computed or ReportState.Withdrawn) return new ReportView(report, null, null, revisions, []);
        var content = report.State == ReportState.Released
            ? await archive.ReadReleasedAsync(id, cancellationToken)
            : await archive.ReadAsync(id, cancellationToken);
        var before = content.Before is { } key ? new ReportNumbers(await archive.ReadReleasedAsync(ReportId.Parse(key), cancellationToken)) : null;
        var corrected = id.Revision > 1 ? await drafts.BeforeAsync(id, cancellationToken) : null;
        return new ReportView(report, new ReportNumbers(content), before, revisions, corrected is null ? [] : ReportFacts.Changes(corrected, content));
    }

    /// <summary>One of the public files of a released report; null for any other report.</summary>
    public async ValueTask<Stream?> OpenAsync(ReportId id, string file, CancellationToken cancellationToken) =>
        await reports.FindAsync(id, cancellationToken) is { Report.State: ReportState.Released } ? await archive.OpenAsync(id, file, cancellationToken) : null;

    /// <summary>Released reports whose period ends in those days, both inclusive; of each period the revision that holds.</summary>
    public Task<IReadOnlyList<Report>> PublicAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) => reports.PublicAsync(from, to, cancellationToken);

    /// <summary>The numbers of those reports, one after the other.</summary>
    /// <param name="cursor">Where a page before this one ended; null for the first.</param>
    /// <returns>Null if the cursor is none.</returns>
    public async Task<ReportFactPage?> NumbersAsync(DateOnly from, DateOnly to, string? cursor, int size, CancellationToken cancellationToken)
    {
        var (start, skip) = (default(ReportId), 0);
        if (cursor is not null && !TryRead(cursor, out start, out skip)) return null;
        var facts = new List<ReportFact>();
        foreach (var report in await reports.PublicAsync(from, to, cancellationToken))
        {
            if (cursor is not null && report.Period < start.Period) continue;
            // A revision released since begins its period anew: what was read of the other is out of date.
            var passed = cursor is not null && report.Id == start ? skip : 0;
            var of = ReportFacts.Of(await archive.ReadReleasedAsync(report.Id, cancellationToken));
            foreach (var fact in of.Skip(passed))
            {
                if (facts.Count == size) return new ReportFactPage(facts, $"{report.Id}:{passed}");
                facts.Add(fact);
                passed++;
            }
        }
        return new ReportFactPage(facts, null);
    }

    private static bool TryRead(string cursor, out ReportId id, out int skip)
    {
        (id, skip) = (default, 0);
        var at = cursor.LastIndexOf(':');
        return at > 0 && ReportId.TryParse(cursor[..at], out id)
            && int.TryParse(cursor.AsSpan(at + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out skip);
    }
}
