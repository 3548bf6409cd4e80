using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>The demo's reports: counted, protected and released as any district's are, week by week. The newest one waits for a
/// person.</summary>
internal static class DemoReports
{
    /// <summary>Weeks before the demo's day, its own included.</summary>
    private const int Weeks = 10;

    public static async Task<int> ReleaseAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var schedule = context.Get<ReportSchedule>();
        var released = 0;
        var weeks = (await schedule.DueAsync(Weeks, cancellationToken)).Where(p => p.Kind == PeriodKind.Week).ToList();
        var today = await context.Get<DistrictToday>().DateAsync(cancellationToken);
        // From before the first report on, so that it does not begin with everybody at once.
        if (weeks.Count > 0) await new DemoCases(context).LiveAsync([.. Before(weeks[0]), .. weeks], today, cancellationToken);
        foreach (var week in weeks)
            if (await CountAsync(context, week, cancellationToken) is { } id && week != weeks[^1]) released += await ReleaseAsync(context, id, cancellationToken);
        foreach (var term in (await schedule.DueAsync(1, cancellationToken)).Where(p => p.Kind == PeriodKind.Term))
            if (await CountAsync(context, term, cancellationToken) is { } id) released += await ReleaseAsync(context, id, cancellationToken);
        return released;
    }

    private static IEnumerable<ReportPeriod> Before(ReportPeriod week) =>
        Enumerable.Range(1, 5).Select(back => ReportPeriod.WeekOf(week.First.AddDays(-7 * back))).Reverse();

    private static async Task<Domain.Reports.ReportId?> CountAsync(CommandContext context, ReportPeriod period, CancellationToken cancellationToken)
    {
        if (!await context.Get<PeriodCounting>().AskAsync(period, cancellationToken)) return null;
        await context.Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), cancellationToken);
        return (await context.Get<ReportStore>().OfPeriodAsync(period, cancellationToken)) is [.., var made] ? made.Report.Id : null;
    }

    private static async Task<int> ReleaseAsync(CommandContext context, Domain.Reports.ReportId id, CancellationToken cancellationToken)
    {
        var (desk, demo) = (context.Get<ReportDesk>(), Authority.System("demo"));
        await desk.PreviewAsync(id, demo, cancellationToken);
        return await desk.ReleaseAsync(id, demo, cancellationToken) == ReportStepResult.Done ? 1 : 0;
    }
}
