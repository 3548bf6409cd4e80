using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Screening;

/// <summary>What a complete feed or a new form asks for: the school-day baseline, a school's screening, a pupil's; and what a report
/// asks for: the count of a school's week or term.</summary>
public sealed class RunScreening(QueueWork queue, BaselineUpdate baseline, CalendarChange calendars, ScreeningRuns runs, PeriodCounting counting, ReportDrafts reports,
    RulePreviewRun previews, DistrictSettingsStore settings, TimeProvider time)
{
    [Function("RunScreening")]
    public Task Run([ServiceBusTrigger("%SCREENINGS_QUEUE%", Connection = "ServiceBus", AutoCompleteMessages = true)] string message, CancellationToken cancellationToken) =>
        queue.RunAsync(message, new QueueTask(QueueName.Screenings, "RunScreening", ScreenAsync), cancellationToken);

    private async Task ScreenAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var (firstMonth, today) = (decided.FirstMonth, decided.Profile.DayOf(time.GetUtcNow()));
        switch (envelope.Kind)
        {
            case FeedCompletion.BaselineKind:
                await baseline.UpdateAsync(envelope, firstMonth, cancellationToken);
                break;
            case CalendarChange.Kind:
                await calendars.ApplyAsync(envelope, firstMonth, cancellationToken);
                break;
            case BaselineUpdate.ScreenSchoolKind:
                var year = new SchoolYear(int.Parse(envelope["year"], CultureInfo.InvariantCulture), firstMonth);
                // Last year's register may still be corrected; it raises nobody this year.
                if (year.Contains(today))
                    await runs.ScreenSchoolAsync(SchoolId.Parse(envelope["school"]), year, today, save: true, cancellationToken);
                break;
            case ObservationStore.PupilKind:
                // A form may name a day ahead of the district's, where its system keeps another clock.
                var formDay = DateOnly.ParseExact(envelope["date"], "yyyy-MM-dd", CultureInfo.InvariantCulture);
                await runs.ScreenOnFormAsync(
                    StudentKey.Parse(envelope["student"]), SchoolId.Parse(envelope["school"]), formDay > today ? formDay : today, decided, cancellationToken);
                break;
            case PeriodCounting.SchoolKind or PeriodCounting.ReferralsKind:
                if (await counting.CountAsync(envelope, cancellationToken) is { } finished) await reports.MakeAsync(finished, cancellationToken);
                break;
            case RulePreviewRun.Kind:
                await previews.CountAsync(envelope, cancellationToken);
                break;
            default:
                throw new FormatException($"A screening of kind {envelope.Kind} is not known.");
        }
    }
}
