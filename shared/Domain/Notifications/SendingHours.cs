namespace SchoolSignal.Domain.Notifications;

/// <summary>When routine notifications may go out: on school days, outside the quiet hours, by the district's clock. Urgent ones
/// ask nothing of it.</summary>
/// <param name="Zone">The district's time zone.</param>
/// <param name="QuietFrom">Inclusive: from then on it is quiet.</param>
/// <param name="QuietTo">Exclusive: from then on it is not.</param>
public sealed record SendingHours(TimeZoneInfo Zone, TimeOnly QuietFrom, TimeOnly QuietTo)
{
    /// <summary>A calendar without a school day for longer than this is not waited for.</summary>
    private const int MostDays = 120;

    /// <summary>The earliest moment from now at which a routine notification may go out; now itself where it may.</summary>
    /// <param name="isSchoolDay">Whether the recipient's school is open on the day.</param>
    public DateTimeOffset Next(DateTimeOffset now, Func<DateOnly, bool> isSchoolDay)
    {
        ArgumentNullException.ThrowIfNull(isSchoolDay);
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        var (today, clock) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        if (isSchoolDay(today))
        {
            if (!IsQuiet(clock)) return now;
            if (clock < QuietTo) return At(today);
        }
        for (var days = 1; days <= MostDays; days++)
            if (isSchoolDay(today.AddDays(days))) return At(today.AddDays(days));
        return now;
    }

    private bool IsQuiet(TimeOnly clock) => QuietFrom <= QuietTo
        ? clock >= QuietFrom && clock < QuietTo
        : clock >= QuietFrom || clock < QuietTo;

    /// <summary>The end of the quiet hours on that day. An hour the clock skips in spring is taken an hour later.</summary>
    private DateTimeOffset At(DateOnly day)
    {
        var local = day.ToDateTime(QuietTo);
        if (Zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
