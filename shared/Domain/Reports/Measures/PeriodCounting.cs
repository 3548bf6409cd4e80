using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>All that was counted for a report.</summary>
/// <param name="Schools">In ordinal order.</param>
public sealed record PeriodCounts(ReportPeriod Period, IReadOnlyList<SchoolCounts> Schools);

/// <summary>A count of a period, asked for once.</summary>
/// <param name="Parts">How many parts make it whole.</param>
/// <param name="EndedAt">When they were put together; null while they are being counted.</param>
public sealed record CountRun(int Run, int Parts, DateTimeOffset AskedAt, DateTimeOffset? EndedAt);

/// <summary>Counts a period in many small steps: one message for each school and one for the referrals, so that many instances
/// share a large district and a restart repeats one school at most. Each leaves a part, written once; whoever writes one, redelivery
/// included, then looks whether all are there, and if so has the report made.</summary>
public sealed class PeriodCounting(
    ITableStore store, Outbox outbox, SchoolRegistry registry, SchoolYears years, DistrictSettingsStore settings, SchoolReading reading,
    RuleSets ruleSets, Enrollments enrollments, ReferralCounting referrals, DistrictId district, TimeProvider time)
{
    /// <summary>Message kinds on <see cref="QueueName.Screenings"/>.</summary>
    public const string SchoolKind = "count-school";

    public const string ReferralsKind = "count-referrals";

    private readonly PartitionKey partition = ReportKeys.Partition(district);

    /// <summary>A count that has not come to its end in this time, because a part of it failed for good, is begun anew.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(20);

    /// <summary>Asks for a count. One under way is not asked for again, but what was left of its asking is sent.</summary>
    /// <returns>False if nobody may be screened: without a legal basis nothing is counted.</returns>
    public async Task<bool> AskAsync(ReportPeriod period, CancellationToken cancellationToken)
    {
        var decided = (await settings.ReadAsync(cancellationToken)).Settings;
        if (decided.LegalBasis is null) return false;
        var year = SchoolYear.Containing(period.Last, decided.FirstMonth);
        var schools = await registry.InYearAsync(year, cancellationToken);
        var last = await LastRunAsync(period, cancellationToken);
        if (schools.Count > 0 && (last is not { EndedAt: null } || last.AskedAt + Patience <= time.GetUtcNow()))
        {
            var run = (last?.Run ?? 0) + 1;
            var messages = schools.Select(s => MessageOf(SchoolKind, period, run, year, s)).Append(MessageOf(ReferralsKind, period, run, year, null));
            foreach (var chunk in messages.Chunk(ITableStore.MaxChanges))
                while (await store.CommitAsync(TableName.Reports, partition, [.. chunk.Select(m => Outbox.Row(QueueName.Screenings, m))], cancellationToken) is CommitResult.Conflict)
                    await outbox.RelayAsync(TableName.Reports, partition, cancellationToken);
            // Written last: a part that comes before it waits for it.
            var row = new RowChange.Insert(ReportKeys.Run(period, run), Write(new CountRun(run, schools.Count + 1, time.GetUtcNow(), null)));
            await store.CommitAsync(TableName.Reports, partition, [row], cancellationToken);
        }
        await outbox.RelayAsync(TableName.Reports, partition, cancellationToken);
        return true;
    }

    /// <summary>Counts what a message asks for and keeps it.</summary>
    /// <returns>The whole count with its run if this was the last part, or came after it; else null.</returns>
    public async Task<FinishedCount?> CountAsync(Envelope message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var period = ReportPeriod.Parse(message["period"]);
        var run = int.Parse(message["run"], CultureInfo.InvariantCulture);
        var stored = (await settings.ReadAsync(cancellationToken)).Settings;
        var year = new SchoolYear(int.Parse(message["year"], CultureInfo.InvariantCulture), stored.FirstMonth);
        SchoolId? school = message.Kind == SchoolKind ? SchoolId.Parse(message["school"]) : null;
        var part = ReportKeys.Part(period, run, school is null ? ReportKeys.ReferralsPart : ReportKeys.SchoolPart, school);
        if (await store.GetAsync(TableName.Reports, partition, part, cancellationToken) is null)
        {
            if (school is { } one) await KeepAsync(part, await CountSchoolAsync(one, year, period, stored, cancellationToken), cancellationToken);
            else await KeepReferralsAsync(period, run, year, stored, cancellationToken);
        }
        return await FinishedAsync(period, run, cancellationToken);
    }

    /// <summary>A whole count that nobody has made a report of yet.</summary>
    public async Task<FinishedCount?> FinishedAsync(ReportPeriod period, int run, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(TableName.Reports, partition, ReportKeys.Run(period, run), cancellationToken) is not { } row) return null;
        var asked = Read(row);
        if (asked.EndedAt is not null) return null;
        var (schools, referred, parts) = (new List<SchoolCounts>(), new Dictionary<SchoolId, ReferralCounts>(), 0);
        await foreach (var found in store.QueryAsync(TableName.Reports, partition, ReportKeys.PartsOf(period, run), cancellationToken))
        {
            var key = found.Key.Parts();
            if (key[3] == ReportKeys.ReferredPart) referred[SchoolId.Parse(key[4])] = JsonSerializer.Deserialize(found.Body.Span, MeasureJson.Default.ReferralCounts)!;
            else parts++;
            if (key[3] == ReportKeys.SchoolPart) schools.Add(JsonSerializer.Deserialize(found.Body.Span, MeasureJson.Default.SchoolCounts)!);
        }
        if (parts < asked.Parts) return null;
        var counts = new PeriodCounts(period, [.. schools.OrderBy(s => s.School).Select(s => s with { Referrals = referred.GetValueOrDefault(s.School) ?? s.Referrals })]);
        return new FinishedCount(counts, new RowChange.Replace(row.Key, row.ETag, Write(asked with { EndedAt = time.GetUtcNow() })), run);
    }

    /// <summary>Removes the parts of a count that has been put together; they are of no further use.</summary>
    public async Task ForgetAsync(ReportPeriod period, int run, CancellationToken cancellationToken)
    {
        var rows = new List<RowChange>();
        await foreach (var row in store.QueryAsync(TableName.Reports, partition, ReportKeys.PartsOf(period, run), cancellationToken))
            rows.Add(new RowChange.Delete(row.Key, row.ETag));
        foreach (var chunk in rows.Chunk(ITableStore.MaxChanges))
            await store.CommitAsync(TableName.Reports, partition, chunk, cancellationToken);
    }

    private async Task<CountRun?> LastRunAsync(ReportPeriod period, CancellationToken cancellationToken)
    {
        CountRun? last = null;
        await foreach (var row in store.QueryAsync(TableName.Reports, partition, ReportKeys.RunsOf(period), cancellationToken)) last = Read(row);
        return last;
    }

    private async Task<SchoolCounts> CountSchoolAsync(
        SchoolId school, SchoolYear year, ReportPeriod period, DistrictSettings decided, CancellationToken cancellationToken)
    {
        var days = (await years.DaysAsync(school, year, null, cancellationToken)).Days;
        if (days.CountThrough(period.Last) is var through && (through == 0 || days[through - 1] < period.First))
            return SchoolCounts.Empty(school, CountState.NoSchoolDay, null);
        var asOf = days[through - 1];
        if (await reading.ReadAsync(school, year, asOf, decided, cancellationToken) is not { } read)
            return SchoolCounts.Empty(school, CountState.StaleFeed, asOf);
        var bands = period.Kind == PeriodKind.Term ? await BandsAsync(read, cancellationToken) : null;
        return new SchoolCounter(await ruleSets.OfAsync(decided, cancellationToken)).Count(read, period.First, bands);
    }

    /// <summary>By the grade of the enrolment that holds on the as-of date.</summary>
    private async Task<Dictionary<StudentKey, GradeBand>> BandsAsync(SchoolToScreen read, CancellationToken cancellationToken)
    {
        var bands = new Dictionary<StudentKey, GradeBand>();
        foreach (var slot in read.Baseline.Register.Blocks.SelectMany(b => b.Slots).OfType<RegisterSlot>())
            bands[slot.Student] = GradeBands.Of((await enrollments.FindAsync(slot.Student, cancellationToken))?.On(read.Baseline.AsOf)?.Grade);
        return bands;
    }

    private async Task KeepReferralsAsync(ReportPeriod period, int run, SchoolYear year, DistrictSettings decided, CancellationToken cancellationToken)
    {
        var days = new Dictionary<SchoolId, SchoolDays>();
        foreach (var school in await registry.InYearAsync(year, cancellationToken))
            days[school] = (await years.DaysAsync(school, year, null, cancellationToken)).Days;
        var counts = await referrals.CountAsync(
            period, decided.Profile, decided.OptOuts, school => days.GetValueOrDefault(school) ?? new SchoolDays([]), cancellationToken);
        foreach (var (school, of) in counts)
        {
            var row = new RowChange.Insert(
                ReportKeys.Part(period, run, ReportKeys.ReferredPart, school), JsonSerializer.SerializeToUtf8Bytes(of, MeasureJson.Default.ReferralCounts));
            await store.CommitAsync(TableName.Reports, partition, [row], cancellationToken);
        }
        // Written last: it says that every school's line above is there.
        await store.CommitAsync(
            TableName.Reports, partition, [new RowChange.Insert(ReportKeys.Part(period, run, ReportKeys.ReferralsPart), new byte[] { 1 })], cancellationToken);
    }

    /// <summary>A part that is there already was counted by another delivery of the same message: the first one holds.</summary>
    private async Task KeepAsync(RowKey part, SchoolCounts counts, CancellationToken cancellationToken) => await store.CommitAsync(
        TableName.Reports, partition, [new RowChange.Insert(part, JsonSerializer.SerializeToUtf8Bytes(counts, MeasureJson.Default.SchoolCounts))], cancellationToken);

    private Envelope MessageOf(string kind, ReportPeriod period, int run, SchoolYear year, SchoolId? school)
    {
        var number = run.ToString(CultureInfo.InvariantCulture);
        ReadOnlySpan<(string, string)> ids =
            [("district", district.Value), ("period", period.Key), ("run", number), ("year", year.ToString()), ("school", school?.Value ?? "")];
        return Envelope.First($"{kind} {period} {number} {school?.Value}".TrimEnd(), kind, school is null ? ids[..^1] : ids);
    }

    private static CountRun Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, MeasureJson.Default.CountRun)!;

    private static byte[] Write(CountRun run) => JsonSerializer.SerializeToUtf8Bytes(run, MeasureJson.Default.CountRun);
}

/// <summary>A whole count, and the change that says it has been put together: to be committed with the report made of it.</summary>
public sealed record FinishedCount(PeriodCounts Counts, RowChange.Replace Ended, int Run);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(SchoolIdJson)])]
[JsonSerializable(typeof(SchoolCounts))]
[JsonSerializable(typeof(ReferralCounts))]
[JsonSerializable(typeof(CountRun))]
[JsonSerializable(typeof(IReadOnlyList<SchoolCounts>))]
internal sealed partial class MeasureJson : JsonSerializerContext;
