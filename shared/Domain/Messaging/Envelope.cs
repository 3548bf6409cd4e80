using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Domain.Messaging;

/// <summary>What every queue message is: a key that names the piece of work, which attempt this is, its kind, and ids.
/// Never a name, a note or a StudentUniqueId; a pupil is a StudentKey.</summary>
/// <param name="Key">Names the work; the receiver's inbox dedups by it.</param>
/// <param name="Attempt">From 1. The message id is key#attempt, so that duplicate detection does not swallow a re-send.</param>
public sealed record Envelope(string Key, int Attempt, string Kind, IReadOnlyDictionary<string, string> Ids)
{
    /// <summary>The id that names the session on a queue with sessions; a later attempt and a replay stay in it.</summary>
    public const string Session = "session";

    /// <summary>How often the work was begun anew after its last attempt failed; 0 at first. A replay's attempts have message
    /// ids of their own; the key, by which the inbox dedups, stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Replay { get; init; }

    /// <summary>The activity that sent it; null where nobody listens.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trace { get; init; }

    /// <summary>When what it is part of began: a form handed in, a feed received; null where nobody listens.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    [JsonIgnore]
    public string MessageId => Replay == 0 ? $"{Key}#{Attempt}" : $"{Key}#{Attempt}.{Replay}";

    public static Envelope First(string key, string kind, params ReadOnlySpan<(string Name, string Value)> ids)
    {
        var dictionary = new Dictionary<string, string>(ids.Length);
        foreach (var (name, value) in ids) dictionary[name] = value;
        return new Envelope(key, 1, kind, dictionary) { Trace = WorkTrace.Current, Since = WorkTrace.BeganAt };
    }

    public string this[string id] => Ids[id];

    public string? Find(string id) => Ids.TryGetValue(id, out var value) ? value : null;

    /// <summary>The message that carries it.</summary>
    public OutgoingMessage ToMessage(DateTimeOffset? notBefore = null) => new(ToJson(), MessageId, Find(Session), notBefore);

    public string ToJson() => JsonSerializer.Serialize(this, EnvelopeJson.Default.Envelope);

    /// <exception cref="FormatException">The message is not an envelope.</exception>
    public static Envelope Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EnvelopeJson.Default.Envelope)
                is { Key: not null, Kind: not null, Ids: not null } envelope
                ? envelope
                : throw new FormatException("The message is not an envelope.");
        }
        catch (JsonException)
        {
            throw new FormatException("The message is not an envelope.");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Envelope))]
internal sealed partial class EnvelopeJson : JsonSerializerContext;
