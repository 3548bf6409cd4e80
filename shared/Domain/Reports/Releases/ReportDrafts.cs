using System.Security.Cryptography;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Makes reports of what was counted: the first of a period, or a numbered revision where the counts are no longer those of the
/// last one. What is released is never touched.</summary>
public sealed class ReportDrafts(ReportStore reports, ReportArchive archive, ReportProtection protection, PeriodCounting counting, TimeProvider time)
{
    private const string System = "reports";

    /// <returns>The report made; null if the counts are those of the last revision, or nothing could be counted.</returns>
    public async Task<ReportId?> MakeAsync(FinishedCount finished, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(finished);
        var (counts, hash) = (finished.Counts, HashOf(finished.Counts));
        while (true)
        {
            var last = await reports.OfPeriodAsync(counts.Period, cancellationToken) is [.., var newest] ? newest : null;
            if (last?.Report.CountsHash == hash || counts.Schools.All(s => s.State == CountState.NoSchoolDay))
            {
                if (!await reports.CommitAsync([finished.Ended], cancellationToken)) return null;
                await counting.ForgetAsync(counts.Period, finished.Run, cancellationToken);
                return null;
            }
            // A draft that nobody released is counted over; a released or withdrawn one stays as it is.
            var redraws = last?.Report.State is ReportState.Computed or ReportState.Previewed;
            var id = new ReportId(counts.Period, redraws ? last!.Report.Id.Revision : (last?.Report.Id.Revision ?? 0) + 1);
            var drawn = await DrawAsync(id, counts, hash, redraws ? last!.Report : null, cancellationToken);
            if (await reports.CommitAsync([finished.Ended, ReportStore.Write(drawn, redraws ? last!.Version : null)], cancellationToken))
            {
                await counting.ForgetAsync(counts.Period, finished.Run, cancellationToken);
                return id;
            }
            // Somebody decided on the draft meanwhile, or another delivery put this count together.
            if (await counting.FinishedAsync(counts.Period, finished.Run, cancellationToken) is not { } again) return null;
            finished = again;
        }
    }

    /// <summary>Protects a draft anew against what has been published by now.</summary>
    internal async Task<Report> ProtectAnewAsync(Report draft, CancellationToken cancellationToken)
    {
        var counts = new PeriodCounts(draft.Period, await archive.ReadCountsAsync(draft.Id, cancellationToken));
        return await DrawAsync(draft.Id, counts, draft.CountsHash, draft, cancellationToken);
    }

    private async Task<Report> DrawAsync(ReportId id, PeriodCounts counts, string hash, Report? before, CancellationToken cancellationToken)
    {
        var steps = before is null ? (IReadOnlyList<ReportStep>)[] : [.. before.Steps, new ReportStep(ReportAction.Protect, System, time.GetUtcNow())];
        var outcome = await protection.ProtectAsync(id, counts, hash, cancellationToken);
        if (outcome is ProtectedReport.Hindered hindered)
        {
            await archive.WriteCountsAsync(id, counts, cancellationToken);
            return new Report(id.ToString(), ReportState.Computed, time.GetUtcNow(), hindered.Mode, hash, 0, null, 0, 0, null, null, steps) { Hindrance = hindered.Hindrance };
        }
        var made = (ProtectedReport.Ready)outcome;
        await archive.WriteAsync(made.Content, made.Certificate, counts, cancellationToken);
        var facts = ReportFacts.Of(made.Content);
        return new Report(
            id.ToString(), ReportState.Computed, made.Content.ComputedAt, made.Content.Mode, hash, made.Basis, null,
            facts.Count(f => f.State == FactState.Shown), facts.Count(f => f.State == FactState.Hidden),
            await ChangedAsync(id, made.Content, cancellationToken), null, steps);
    }

    private async Task<int?> ChangedAsync(ReportId id, ReportContent content, CancellationToken cancellationToken) =>
        await BeforeAsync(id, cancellationToken) is { } before ? ReportFacts.Changes(before, content).Count : null;

    /// <summary>The last revision before this one that was released; null if there is none.</summary>
    public async Task<ReportContent?> BeforeAsync(ReportId id, CancellationToken cancellationToken) =>
        (await reports.OfPeriodAsync(id.Period, cancellationToken)).LastOrDefault(r => r.Report.Published is not null && r.Report.Id.Revision < id.Revision) is { } before
            ? await archive.ReadReleasedAsync(before.Report.Id, cancellationToken)
            : null;

    private static string HashOf(PeriodCounts counts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(counts.Schools, ReportContentJson.Default.IReadOnlyListSchoolCounts)));
}
