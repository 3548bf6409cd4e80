using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What became of reading a release's file.</summary>
public abstract record ReleaseFileRead
{
    private ReleaseFileRead()
    {
    }

    public sealed record Read(PublishedRelease Release, Certificate Certificate) : ReleaseFileRead;

    /// <param name="Why">A sentence that says what is wrong and where.</param>
    public sealed record Refused(string Why) : ReleaseFileRead;
}

/// <summary>A protected release with its certificate as one JSON document: everything a re-check needs but the earlier releases, which it
/// names. docs/data-dictionary.md, "Protected release", describes it.</summary>
public static class ReleaseFile
{
    public const int Version = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Read by programs and people, never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static byte[] Write(PublishedRelease release, Certificate certificate) =>
        JsonSerializer.SerializeToUtf8Bytes(ReleaseDocument.Of(release, certificate), Options);

    public static ReleaseFileRead Read(ReadOnlySpan<byte> utf8Json)
    {
        try
        {
            return JsonSerializer.Deserialize<ReleaseDocument>(utf8Json, Options) switch
            {
                null => new ReleaseFileRead.Refused("The file is empty."),
                { Version: not Version } other => new ReleaseFileRead.Refused($"The file is of version {other.Version}; this program reads version {Version}."),
                var document => new ReleaseFileRead.Read(document.ToRelease(), document.ToCertificate()),
            };
        }
        catch (JsonException broken)
        {
            return new ReleaseFileRead.Refused($"Not a protected release: {broken.Message}");
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            return new ReleaseFileRead.Refused($"The file contradicts itself: {wrong.Message}");
        }
    }
}
