using System.Text.Json;
using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed in the list of a month: what came, and how far it is. Its report has the rest.</summary>
/// <param name="Report">The address of the report.</param>
public sealed record FeedListing(
    string Id, string Content, string State, DateTimeOffset ArrivedAt, long Bytes, long Rows, string? Why, string Report)
{
    public static FeedListing Of(FeedStatus status) => new(
        status.Id.Value, Camel(status.Request.Content), Camel(status.State), status.ArrivedAt, status.Bytes, status.Rows, status.Why, $"/api/feeds/{status.Id}");

    private static string Camel<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}

/// <summary>How listings are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<FeedListing>))]
public sealed partial class FeedListingJson : JsonSerializerContext;
