using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Reads what Event Grid says of the drop (Microsoft.Storage.BlobCreated, as a CloudEvent or in Event Grid's own schema) into an
/// envelope of ours, so that it is tried, counted and replayed like any other message.</summary>
public static class DropEvent
{
    /// <summary>A file is complete and is to be taken in.</summary>
    public const string DroppedKind = "file-dropped";

    /// <summary>Nothing is to be done: a file that has only been begun, or lies outside the folders of the drop.</summary>
    public const string IgnoredKind = "file-ignored";

    private const string Created = "Microsoft.Storage.BlobCreated";
    private const string Blobs = "/blobs/";

    // Calls that leave a complete file: SFTP tells of its first byte (SftpCreate) and of its end (SftpCommit), the Data Lake
    // interface likewise (CreateFile, FlushWithClose).
    private static readonly string[] Completing = ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose", "SftpCommit"];

    /// <summary>The envelope for an event; any other message comes back as it is.</summary>
    public static string ToEnvelope(string message)
    {
        // Envelopes, which are nearly all that comes, hold neither word.
        if (!message.Contains("Microsoft.Storage.", StringComparison.Ordinal)) return message;
        try
        {
            using var json = JsonDocument.Parse(message);
            return json.RootElement.ValueKind == JsonValueKind.Object && Read(json.RootElement) is { } envelope ? envelope.ToJson() : message;
        }
        catch (JsonException)
        {
            return message;
        }
    }

    /// <summary>What is to be taken in, from an envelope of <see cref="DroppedKind"/>.</summary>
    internal static (FeedId Feed, FeedContent Content, DroppedFile File) Parse(Envelope envelope) => (
        FeedId.Parse(envelope["feed"]),
        Enum.Parse<FeedContent>(envelope["content"]),
        new DroppedFile(envelope["account"], envelope["file"], envelope["version"]));

    private static Envelope? Read(JsonElement root)
    {
        var (type, time, source) = root.TryGetProperty("specversion", out _)
            ? (Text(root, "type"), Text(root, "time"), Text(root, "source"))
            : (Text(root, "eventType"), Text(root, "eventTime"), Text(root, "topic"));
        if (type is null || source is null || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return null;
        var account = source[(source.LastIndexOf('/') + 1)..];
        var version = Text(data, "eTag") ?? "";
        if (type != Created || Text(root, "subject") is not { } subject || subject.IndexOf(Blobs, StringComparison.Ordinal) is not (> 0 and var at)
            || !Completing.Contains(Text(data, "api")) || version.Length == 0
            || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var happened)
            || ContentOf(subject[(at + Blobs.Length)..]) is not { } content)
            return Envelope.First($"event {Text(root, "id")}", IgnoredKind);
        var name = subject[(at + Blobs.Length)..];
        var feed = IdOf(account, name, version, happened);
        return Envelope.First(
            $"drop {feed}", DroppedKind, ("feed", feed.Value), ("content", content.ToString()), ("account", account), ("file", name), ("version", version));
    }

    /// <summary>By the folder: <c>attendance/...</c>, <c>roster/...</c> and so on; hidden files and halves of a copy are none. A staff
    /// list gives access: an administrator sends it, signed in.</summary>
    private static FeedContent? ContentOf(string name)
    {
        var folder = name.IndexOf('/', StringComparison.Ordinal);
        var file = name[(name.LastIndexOf('/') + 1)..];
        if (folder <= 0 || file.Length == 0 || file[0] == '.' || file.EndsWith(".part", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase)) return null;
        foreach (var content in Enum.GetValues<FeedContent>())
            if (content != FeedContent.Staff && name.AsSpan(0, folder).Equals(content.ToString(), StringComparison.OrdinalIgnoreCase)) return content;
        return null;
    }

    /// <summary>The same for the same content of the same file, so that an event that comes twice is one feed.</summary>
    private static FeedId IdOf(string account, string name, string version, DateTimeOffset happened)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{account}\n{name}\n{version}"));
        return FeedId.Parse($"{happened.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
