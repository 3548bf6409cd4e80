using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Functions.Reports;

/// <summary>Has the weeks and terms that are over counted once a week, and tells administrators once a month where the reports are. What
/// is counted is published by a person.</summary>
public sealed class ComputeReports(ReportSchedule schedule, MonthlyReportMail mail)
{
    [Function("ComputeReports")]
    public async Task Run([TimerTrigger("%REPORTS_CRON%", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        await schedule.AskAsync(cancellationToken);
        await mail.PlanAsync(cancellationToken);
    }
}
