using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>That a pupil was erased, so that tomorrow's feed does not bring the pupil back. Its key is the HMAC of the
/// StudentUniqueId: whoever holds the number can ask, and nobody can read the number from it.</summary>
/// <param name="BegunAt">When the erasure was asked for.</param>
/// <param name="Student">The pupil's random key, for as long as the erasure is not confirmed; null from then on, and for a pupil whom the
/// directory did not know.</param>
/// <param name="Ids">Ids of the pupil's forms, concerns and referrals, by which late rows are found; empty once it is confirmed.</param>
/// <param name="ConfirmedAt">When a pass found nothing more, <see cref="Tombstones.Settle"/> or longer after the first; null before.</param>
public sealed record Tombstone(DateTimeOffset BegunAt, StudentKey? Student, IReadOnlyList<string> Ids, DateTimeOffset? ConfirmedAt = null)
{
    /// <summary>For logs that come by one: hides the key.</summary>
    public override string ToString() => "a tombstone";
}

/// <summary>A tombstone with its row.</summary>
public sealed record StoredTombstone(RowKey Key, Tombstone Tombstone, ETag Version);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(District.StudentKeyJson)])]
[JsonSerializable(typeof(Tombstone))]
internal sealed partial class TombstoneJson : JsonSerializerContext;
