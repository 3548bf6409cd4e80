using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>How far a rekeying is: a row of the directory for as long as it is under way.</summary>
/// <param name="From">The version that was the newest before.</param>
/// <param name="MadeAt">When the new version was there for certain; null if it may not have been made yet.</param>
/// <param name="ClosingAt">Since when new pupils are written under the new version alone; null if under both.</param>
internal sealed record RekeyState(string From, DateTimeOffset? MadeAt = null, DateTimeOffset? ClosingAt = null)
{
    public static RowKey Key { get; } = RowKey.Of("state");

    public static PartitionKey Partition(DistrictId district) => PartitionKey.Of(district.Value, "rekey");

    /// <summary>The version under which a new pupil has to be written first; null if the current one is enough.</summary>
    public static async ValueTask<SecretKeys?> OlderAsync(
        ITableStore store, DirectoryKeys keys, DistrictId district, SecretKeys current, CancellationToken cancellationToken) =>
        await FindAsync(store, district, cancellationToken) is { State: { ClosingAt: null } state } && state.From != current.Version
            ? await keys.OfAsync(state.From, cancellationToken)
            : null;

    public static async ValueTask<(RekeyState State, ETag ETag)?> FindAsync(ITableStore store, DistrictId district, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Directory, Partition(district), Key, cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, RekeyJson.Default.RekeyState)!, row.ETag)
            : null;

    public byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(this, RekeyJson.Default.RekeyState);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RekeyState))]
internal sealed partial class RekeyJson : JsonSerializerContext;
