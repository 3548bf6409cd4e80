namespace SchoolSignal.Domain.District;

/// <summary>What day it is where the schools are.</summary>
public sealed class DistrictToday(DistrictSettingsStore settings, TimeProvider time)
{
    public async ValueTask<DateOnly> DateAsync(CancellationToken cancellationToken) =>
        (await settings.ReadProfileAsync(cancellationToken)).DayOf(time.GetUtcNow());
}
