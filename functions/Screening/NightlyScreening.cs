using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Functions.Screening;

/// <summary>Asks for every school's screening once a night of the district's clock: a run lengthens and a feed goes stale without any
/// new data. It comes by every hour, since a timer knows no district.</summary>
public sealed class NightlyScreening(NightlySweep sweep)
{
    [Function("NightlyScreening")]
    public Task Run([TimerTrigger("%NIGHTLY_SCREENING_CRON%")] TimerInfo timer, CancellationToken cancellationToken) =>
        sweep.AskAsync(cancellationToken);
}
