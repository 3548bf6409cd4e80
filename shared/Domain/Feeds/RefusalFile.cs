using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>The refused rows of a feed, one JSON line each, beside its original in the archive.</summary>
public sealed class RefusalFile : IAsyncDisposable
{
    private readonly ArchiveWrite file;

    private RefusalFile(ArchiveWrite file) => this.file = file;

    /// <param name="id">The feed.</param>
    /// <param name="batch">The batch that refused them while it was applied; null for rows refused in reading.</param>
    public static ArchivePath PathOf(FeedId id, int? batch = null) => batch is { } number
        ? ArchivePath.Of("feeds", id.Month, id.Value, "refused-by-batch", number.ToString("D6", CultureInfo.InvariantCulture))
        : ArchivePath.Of("feeds", id.Month, id.Value, "refused");

    public static async ValueTask<RefusalFile> CreateAsync(IFileArchive archive, FeedId id, CancellationToken cancellationToken, int? batch = null) =>
        new(await archive.CreateAsync(PathOf(id, batch), cancellationToken));

    public void Add(RefusedRow row)
    {
        file.Stream.Write(JsonSerializer.SerializeToUtf8Bytes(row, RefusalJson.Default.RefusedRow));
        file.Stream.WriteByte((byte)'\n');
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken) => file.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => file.DisposeAsync();

    public static async IAsyncEnumerable<RefusedRow> ReadAsync(Stream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            if (JsonSerializer.Deserialize(line, RefusalJson.Default.RefusedRow) is { } row) yield return row;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RefusedRow))]
internal sealed partial class RefusalJson : JsonSerializerContext;
