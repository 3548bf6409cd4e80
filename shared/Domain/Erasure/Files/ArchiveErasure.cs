using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Erasure.Files;

/// <summary>What looking through the archive came to.</summary>
/// <param name="Lines">Lines, records or whole files about the pupil.</param>
/// <param name="Files">Files that held any.</param>
/// <param name="Waits">A file has to be read by its feed before it can go; a later pass takes it.</param>
public readonly record struct ArchiveFound(long Lines, int Files, bool Waits)
{
    public static ArchiveFound operator +(ArchiveFound a, ArchiveFound b) => new(a.Lines + b.Lines, a.Files + b.Files, a.Waits | b.Waits);
}

/// <summary>Takes pupils out of the files that feeds were sent as, and of what was made of them. Of tables and lines a line goes, of Ed-Fi
/// files a record; a zip, and a file that cannot be read any more, goes as a whole. The feed's status keeps the hash of what was sent, and
/// file <c>erased</c> beside it says when how much went.</summary>
public sealed class ArchiveErasure(IFileArchive archive, FeedStore feeds, DistrictFormatsStore formats, DistrictSettingsStore settings, TimeProvider time)
{
    /// <summary>A JSON file is held in memory to take a record out; a larger one goes as a whole.</summary>
    private const long MostJsonBytes = 64 * 1024 * 1024;

    public static ArchivePath NotePath(FeedId id) => ArchivePath.Of("feeds", id.Month, id.Value, "erased");

    /// <summary>Every file of every feed.</summary>
    /// <param name="touched">Told each file that holds the pupil, before it is changed.</param>
    public async Task<ArchiveFound> RunAsync(NumberMatch match, bool remove, Func<ArchivePath, CancellationToken, Task> touched, CancellationToken cancellationToken)
    {
        var found = default(ArchiveFound);
        var paths = new List<ArchivePath>();
        await foreach (var path in archive.ListAsync(ArchivePath.Of("feeds"), cancellationToken)) paths.Add(path);
        foreach (var feed in paths.GroupBy(path => path.Value.Split('/') is [_, _, var id, ..] ? id : ""))
            if (FeedId.TryParse(feed.Key, out var id)) found += await FeedAsync(id, feed, match, remove, touched, cancellationToken);
        return found;
    }

    /// <summary>The files of one feed.</summary>
    public async Task<ArchiveFound> FeedAsync(
        FeedId id, IEnumerable<ArchivePath> paths, NumberMatch match, bool remove, Func<ArchivePath, CancellationToken, Task> touched, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(touched);
        var found = default(ArchiveFound);
        FeedStatus? status = null;
        foreach (var path in paths)
        {
            var name = path.Value.Split('/')[3];
            if (name == "erased" || (match.Number is { } number && name != "original" && !await HoldsAsync(path, number, cancellationToken))) continue;
            status ??= (await feeds.FindAsync(id, cancellationToken))?.Status;
            found += await FileAsync(path, name, status, match, remove, touched, cancellationToken);
        }
        if (remove && found.Lines > 0 && !found.Waits) await NoteAsync(id, found.Lines, cancellationToken);
        return found;
    }

    private async Task<ArchiveFound> FileAsync(
        ArchivePath path, string name, FeedStatus? status, NumberMatch match, bool remove, Func<ArchivePath, CancellationToken, Task> touched, CancellationToken cancellationToken)
    {
        await using var file = await archive.OpenReadAsync(path, cancellationToken);
        if (file is null || file.Length == 0) return default;
        var format = name == "original" ? FileFormats.Detect(file, status?.Request.FileName) : FileFormat.Unknown;
        if (format is FileFormat.Zip or FileFormat.OneRosterZip)
            return FileRecords.IsMentionedInZip(file, match, cancellationToken) ? await WholeAsync() : default;
        if (match.Number is { } number && !await HoldsAsync(path, number, cancellationToken)) return default;
        if (format is FileFormat.CalendarCsv or FileFormat.ICalendar or FileFormat.EdFiCalendarXml or FileFormat.EdFiCalendarJson) return default;

        ArchiveWrite? open = null;
        try
        {
            // A pass that only looks writes nowhere.
            var copy = remove ? (open = await archive.CreateAsync(path, cancellationToken)).Stream : Stream.Null;
            if (await CopyAsync(file, copy, name, format, match, cancellationToken) is not { } lines) return await WholeAsync();
            if (lines == 0) return default;
            if (open is not null)
            {
                await touched(path, cancellationToken);
                await open.CompleteAsync(cancellationToken);
            }
            return new ArchiveFound(lines, 1, false);
        }
        finally
        {
            if (open is not null) await open.DisposeAsync();
        }

        async Task<ArchiveFound> WholeAsync()
        {
            var waits = status is { IsFinal: false };
            if (remove && !waits)
            {
                await touched(path, cancellationToken);
                await archive.DeleteAsync(path, cancellationToken);
            }
            return new ArchiveFound(1, 1, waits);
        }
    }

    /// <returns>How many lines or records are about the pupil; null if the file cannot be read and has to go as a whole.</returns>
    private async Task<long?> CopyAsync(Stream file, Stream copy, string name, FileFormat format, NumberMatch match, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case "batches":
                return FileRecords.CopyBatches(file, copy, (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth, match);
            case "refused" or "refused-by-batch":
                return await FileRecords.CopyRefusedAsync(file, copy, match, cancellationToken);
        }
        try
        {
            switch (format)
            {
                case FileFormat.EdFiAttendanceXml or FileFormat.EdFiRosterXml or FileFormat.Xml:
                    return FileRecords.CopyXml(file, copy, match);
                case FileFormat.EdFiAttendanceJson or FileFormat.EdFiRosterJson or FileFormat.Json when file.Length <= MostJsonBytes:
                    return FileRecords.CopyJson(file, copy, match);
                case FileFormat.EdFiAttendanceJson or FileFormat.EdFiRosterJson or FileFormat.Json:
                    return null;
                case FileFormat.ObservationLines:
                    var objects = await FileLines.OfObjectsAsync(file, match, cancellationToken);
                    if (objects.Count > 0) await FileLines.CopyAsync(file, copy, objects, Encoding.UTF8, 0, cancellationToken);
                    return objects.Count;
                default:
                    if (FileLines.OfTable(file, await formats.ReadAsync(cancellationToken), match, cancellationToken) is not { } table) return null;
                    if (table.Lines.Count > 0) await FileLines.CopyAsync(file, copy, table.Lines, table.Encoding, table.BomBytes, cancellationToken);
                    return table.Lines.Count;
            }
        }
        catch (Exception fault) when (fault is XmlException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the number stands in the file at all, in any encoding that is read: few files hold one pupil.</summary>
    private async Task<bool> HoldsAsync(ArchivePath path, string number, CancellationToken cancellationToken)
    {
        byte[][] wanted = [.. new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Feeds.Csv.CsvEncoding.Windows1252, Feeds.Csv.ShiftJis.Encoding }
            .Select(encoding => encoding.GetBytes(number)).DistinctBy(Convert.ToHexString)];
        // JSON may write a letter as an escape.
        if (number.Any(c => !char.IsAsciiLetterOrDigit(c))) return true;
        await using var file = await archive.OpenReadAsync(path, cancellationToken);
        if (file is null) return false;
        var overlap = wanted.Max(w => w.Length) - 1;
        var buffer = new byte[(128 * 1024) + overlap];
        var carried = 0;
        for (int read; (read = await file.ReadAsync(buffer.AsMemory(carried), cancellationToken)) > 0;)
        {
            var held = buffer.AsMemory(0, carried + read);
            if (wanted.Any(w => held.Span.IndexOf(w) >= 0)) return true;
            carried = Math.Min(overlap, held.Length);
            held[^carried..].CopyTo(buffer);
        }
        return false;
    }

    private async Task NoteAsync(FeedId id, long lines, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        if (await archive.OpenReadAsync(NotePath(id), cancellationToken) is { } before)
            await using (before) await before.CopyToAsync(text, cancellationToken);
        text.Write(JsonSerializer.SerializeToUtf8Bytes(new ErasedNote(time.GetUtcNow(), lines), ErasedNoteJson.Default.ErasedNote));
        text.WriteByte((byte)'\n');
        await using var file = await archive.CreateAsync(NotePath(id), cancellationToken);
        await file.Stream.WriteAsync(text.ToArray(), cancellationToken);
        await file.CompleteAsync(cancellationToken);
    }
}

/// <summary>A line of a feed's file <c>erased</c>.</summary>
internal sealed record ErasedNote(DateTimeOffset At, long Lines);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErasedNote))]
internal sealed partial class ErasedNoteJson : JsonSerializerContext;
