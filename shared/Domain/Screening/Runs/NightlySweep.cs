using System.Globalization;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Screening.Runs;

/// <summary>Asks for the screening of every school of the running year, one message each, so that many instances share it.</summary>
public sealed class NightlySweep(SchoolRegistry registry, DistrictSettingsStore settings, IMessageSender sender, DistrictId district, TimeProvider time)
{
    /// <returns>How many schools were asked for.</returns>
    public async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var year = SchoolYear.Containing(today, (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        // The key holds the night: a repeated run of the same night is swallowed as a duplicate.
        var night = today.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        foreach (var chunk in schools.Chunk(ITableStore.MaxChanges))
            await sender.SendAsync(QueueName.Screenings, [.. chunk.Select(s => MessageOf(s, year, night))], cancellationToken);
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
