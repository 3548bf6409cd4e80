using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Domain.Notifications;

/// <summary>How far a concern's alerts have gone.</summary>
/// <param name="Round">The last round that was planned, from 0.</param>
public sealed record ConcernAlerts(Guid Concern, SchoolId? School, DateTimeOffset RaisedAt, int Round, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt);

/// <summary>What became of an acknowledgement.</summary>
public enum AcknowledgeResult
{
    Done,
    /// <summary>Somebody was faster; their word holds.</summary>
    AlreadyAcknowledged,
    NotFound,
}

/// <summary>Alerts people of a safeguarding concern until somebody acknowledges it. Row <c>A|concern</c> of the pupil's partition holds
/// how far it has gone; each round's log rows, messages and the next round's message are one commit, so that a crash skips none.</summary>
public sealed class UrgentWatch(
    ITableStore store, UrgentConcerns concerns, StaffStore staff, SafeguardingContactStore contacts, NotificationDelivery delivery,
    NotificationFailures failures, INotificationSender sender, Outbox outbox, PupilPartitions partitions, TimeProvider time)
{
    private const string Row = "A";
    private const string RoundKind = "concern-round";

    /// <summary>Takes every message of queue <c>urgent</c>: a concern, its next round, a notification of it, a refused one to try again.
    /// </summary>
    public Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return envelope.Kind switch
        {
            ConcernRaised.Kind => RaisedAsync(envelope, cancellationToken),
            RoundKind => NextRoundAsync(envelope, cancellationToken),
            NotificationLog.Kind => delivery.ConsumeAsync(envelope, cancellationToken),
            NotificationFailures.ReplayKind => failures.ReplayAsync(envelope, cancellationToken),
            _ => throw new FormatException("The message is of no kind that is urgent."),
        };
    }

    /// <summary>Somebody has it in hand: no further round is told.</summary>
    /// <param name="also">What else the commit holds, in the pupil's partition: the audit's entry.</param>
    public async Task<AcknowledgeResult> AcknowledgeAsync(
        StudentKey student, Guid concern, StaffId by, IReadOnlyList<RowChange> also, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(student);
        while (await store.GetAsync(TableName.Pupils, partition, KeyOf(concern), cancellationToken) is { } row)
        {
            var alerts = Read(row);
            if (alerts.AcknowledgedAt is not null) return AcknowledgeResult.AlreadyAcknowledged;
            var after = alerts with { AcknowledgedBy = by.Value, AcknowledgedAt = time.GetUtcNow() };
            if (await store.CommitAsync(TableName.Pupils, partition, [new RowChange.Replace(row.Key, row.ETag, Body(after)), .. also], cancellationToken)
                is not CommitResult.Committed)
                continue;
            await outbox.RelayAsync(TableName.Pupils, partition, cancellationToken);
            return AcknowledgeResult.Done;
        }
        return AcknowledgeResult.NotFound;
    }

    /// <summary>How far the alerts have gone, or null before the first round.</summary>
    public async Task<ConcernAlerts?> FindAsync(StudentKey student, Guid concern, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Pupils, partitions.Of(student), KeyOf(concern), cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Whether the concern of a notification has been acknowledged.</summary>
    internal static async Task<bool> IsAcknowledgedAsync(
        ITableStore store, NotificationPlace place, NotificationSubject concern, CancellationToken cancellationToken) =>
        await store.GetAsync(place.Table, place.Partition, RowKey.Of(Row, concern.Id), cancellationToken) is { } row && Read(row).AcknowledgedAt is not null;

    private async Task RaisedAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (!await concerns.ConsumeAsync(envelope, cancellationToken)) return;
        var raised = ConcernRaised.Read(envelope);
        var alerts = new ConcernAlerts(raised.Concern, raised.School, time.GetUtcNow(), 0, null, null);
        await PlanAsync(raised.Student, alerts, new RowChange.Insert(KeyOf(raised.Concern), Body(alerts)), cancellationToken);
    }

    private async Task NextRoundAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var student = StudentKey.Parse(envelope["student"]);
        var round = int.Parse(envelope["round"], CultureInfo.InvariantCulture);
        while (await store.GetAsync(TableName.Pupils, partitions.Of(student), KeyOf(Guid.ParseExact(envelope["concern"], "N")), cancellationToken) is { } row)
        {
            var alerts = Read(row);
            if (alerts.AcknowledgedAt is not null || alerts.Round >= round) break;
            var after = alerts with { Round = round };
            if (await PlanAsync(student, after, new RowChange.Replace(row.Key, row.ETag, Body(after)), cancellationToken)) break;
        }
        await outbox.RelayAsync(TableName.Pupils, partitions.Of(student), cancellationToken);
    }

    /// <returns>False if the row was changed by somebody else.</returns>
    private async Task<bool> PlanAsync(StudentKey student, ConcernAlerts alerts, RowChange state, CancellationToken cancellationToken)
    {
        var place = new NotificationPlace(TableName.Pupils, partitions.Of(student));
        var now = time.GetUtcNow();
        List<RowChange> changes = [state, NextRound(student, alerts, now)];
        foreach (var recipient in await RecipientsAsync(alerts, cancellationToken))
            foreach (var channel in UrgentChain.Channels(recipient, sender.Channels))
                changes.AddRange(NotificationLog.Plan(place, AlertOf(alerts, recipient, channel, now), sender.Mailbox, null));
        var done = await store.CommitAsync(place.Table, place.Partition, changes, cancellationToken) is CommitResult.Committed;
        if (done) Instruments.ConcernRounds.Add(1, Instruments.Tag("round", alerts.Round));
        await outbox.RelayAsync(place.Table, place.Partition, cancellationToken);
        return done;
    }

    private async Task<IReadOnlyList<string>> RecipientsAsync(ConcernAlerts alerts, CancellationToken cancellationToken)
    {
        var leads = alerts.School is { } school ? await staff.OfSchoolAsync(school, Role.SafeguardingLead, cancellationToken) : [];
        var deputies = new HashSet<StaffId>();
        foreach (var id in leads.Select(lead => lead.Deputy).OfType<StaffId>())
            if (await staff.FindAsync(id, cancellationToken) is { Member.IsActive: true }) deputies.Add(id);
        var administrators = (await staff.ListAsync(cancellationToken)).Where(s => s.IsActive && s.Roles.Contains(Role.Administrator)).Select(s => s.Id).ToList();
        var contact = (await contacts.ReadAsync(alerts.School, cancellationToken)).District;
        return UrgentChain.Recipients(alerts.Round, leads, deputies, administrators, contact?.Mail is not null);
    }

    private static Notification AlertOf(ConcernAlerts alerts, string recipient, NotificationChannel channel, DateTimeOffset now) => new(
        NotificationSubject.Concern(alerts.Concern.ToString("N")), NotificationPurpose.Concern, "Urgent", alerts.Round, recipient,
        channel, true, NotificationState.Planned, now);

    private static RowChange NextRound(StudentKey student, ConcernAlerts alerts, DateTimeOffset now)
    {
        var round = (alerts.Round + 1).ToString(CultureInfo.InvariantCulture);
        var envelope = Envelope.First(
            $"concern|{alerts.Concern:N}|{round}", RoundKind,
            ("student", student.ToString()), ("concern", alerts.Concern.ToString("N")), ("round", round));
        return Outbox.Row(QueueName.Urgent, envelope, now + UrgentChain.Between);
    }

    private static RowKey KeyOf(Guid concern) => RowKey.Of(Row, concern.ToString("N"));

    private static ConcernAlerts Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ConcernAlertsJson.Default.ConcernAlerts)!;

    private static byte[] Body(ConcernAlerts alerts) => JsonSerializer.SerializeToUtf8Bytes(alerts, ConcernAlertsJson.Default.ConcernAlerts);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(SchoolIdJson)])]
[JsonSerializable(typeof(ConcernAlerts))]
internal sealed partial class ConcernAlertsJson : JsonSerializerContext;
