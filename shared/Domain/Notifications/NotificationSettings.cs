using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>What a district decides about notifications.</summary>
/// <param name="QuietFrom">Inclusive.</param>
/// <param name="QuietTo">Exclusive.</param>
/// <param name="EscalateAfterSchoolDays">A referral not acknowledged this many school days after its alert (inclusive) goes to the
/// deputy, after twice as many to the administrators. 1 to 20.</param>
/// <param name="DigestDay">The day a counsellor's week is sent; null sends none.</param>
/// <param name="UsesTeams">Also in the activity feed of Teams, where that is set up.</param>
/// <param name="UsesToDo">A task for a case taken on, where that is set up.</param>
public sealed record NotificationSettings(
    TimeOnly QuietFrom, TimeOnly QuietTo, int EscalateAfterSchoolDays, DayOfWeek? DigestDay, bool UsesTeams, bool UsesToDo)
{
    public static NotificationSettings Default { get; } = new(new TimeOnly(18, 0), new TimeOnly(7, 0), 3, DayOfWeek.Monday, false, false);
}

/// <summary>Row <c>notifications</c> of the district's partition.</summary>
public sealed class NotificationSettingsStore(ITableStore store, DistrictId district)
{
    private static readonly RowKey Key = RowKey.Of("notifications");

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    public async ValueTask<(NotificationSettings Settings, ETag? Version)> ReadAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, partition, Key, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, NotificationSettingsJson.Default.NotificationSettings)!, row.ETag)
            : (NotificationSettings.Default, null);

    /// <param name="with">Further changes of the district's partition, in the same commit.</param>
    /// <returns>False if somebody else saved first.</returns>
    public async ValueTask<bool> SaveAsync(
        NotificationSettings settings, ETag? expected, CancellationToken cancellationToken, params IReadOnlyList<RowChange> with)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.EscalateAfterSchoolDays, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.EscalateAfterSchoolDays, 20);
        var body = JsonSerializer.SerializeToUtf8Bytes(settings, NotificationSettingsJson.Default.NotificationSettings);
        RowChange change = expected is { } version ? new RowChange.Replace(Key, version, body) : new RowChange.Insert(Key, body);
        return await store.CommitAsync(TableName.District, partition, [change, .. with], cancellationToken) is CommitResult.Committed;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NotificationSettings))]
internal sealed partial class NotificationSettingsJson : JsonSerializerContext;
