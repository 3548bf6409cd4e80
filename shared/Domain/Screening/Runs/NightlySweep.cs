using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>Asks once a night, by the district's clock, for the screening of every school of the running year, one message each, so that
/// many instances share it. Row <c>nightly</c> of the district's partition holds the last night.</summary>
public sealed class NightlySweep(
    ITableStore store, SchoolRegistry registry, DistrictSettingsStore settings, IMessageSender sender, DistrictId district, TimeProvider time)
{
    /// <summary>From this hour of the district's clock (inclusive): before the school day, after the night's feeds. Whoever comes later,
    /// as after a pause, still has the day's done.</summary>
    public const int Hour = 4;

    private static readonly RowKey Key = RowKey.Of("nightly");

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    /// <returns>How many schools were asked for; none before the hour, and none where today's were asked for before.</returns>
    public async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), decided.Profile.Zone);
        if (local.Hour < Hour) return 0;
        var today = DateOnly.FromDateTime(local.Date);
        var night = today.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var last = await store.GetAsync(TableName.District, partition, Key, cancellationToken);
        if (last is { } held && string.CompareOrdinal(Encoding.ASCII.GetString(held.Body.Span), night) >= 0) return 0;

        var year = SchoolYear.Containing(today, decided.FirstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        // The key holds the night: two who ask for the same night at once ask for it once.
        foreach (var chunk in schools.Chunk(ITableStore.MaxChanges))
            await sender.SendAsync(QueueName.Screenings, [.. chunk.Select(s => MessageOf(s, year, night))], cancellationToken);
        var body = Encoding.ASCII.GetBytes(night);
        RowChange change = last is { } before ? new RowChange.Replace(Key, before.ETag, body) : new RowChange.Insert(Key, body);
        await store.CommitAsync(TableName.District, partition, [change], cancellationToken);
        return schools.Count;
    }

    private OutgoingMessage MessageOf(SchoolId school, SchoolYear year, string night)
    {
        var envelope = Envelope.First(
            $"nightly {night} {school} {year}", BaselineUpdate.ScreenSchoolKind,
            ("district", district.Value), ("school", school.Value), ("year", year.ToString()));
        return envelope.ToMessage();
    }
}
