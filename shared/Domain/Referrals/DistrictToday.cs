using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Referrals;

/// <summary>What day it is where the schools are.</summary>
public sealed class DistrictToday(DistrictSettingsStore settings, TimeProvider time)
{
    public async ValueTask<DateOnly> DateAsync(CancellationToken cancellationToken)
    {
        var zone = (await settings.ReadProfileAsync(cancellationToken)).Zone;
        return DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).DateTime);
    }
}
