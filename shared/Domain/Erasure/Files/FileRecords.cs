using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Archives;
using SchoolSignal.Domain.Feeds.EdFi;

namespace SchoolSignal.Domain.Erasure.Files;

/// <summary>Files of records rather than lines, without the records of a pupil. Each returns how many there are.</summary>
internal static class FileRecords
{
    private const string StudentId = "StudentUniqueId";

    /// <summary>An Ed-Fi interchange: the children of its root.</summary>
    /// <exception cref="XmlException">The file is no XML that can be read.</exception>
    public static int CopyXml(Stream from, Stream to, NumberMatch match)
    {
        var found = 0;
        using var reader = XmlReader.Create(from, EdFiXml.Settings);
        using var writer = XmlWriter.Create(to, new XmlWriterSettings { CloseOutput = false, Encoding = new UTF8Encoding(false) });
        reader.MoveToContent();
        writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
        writer.WriteAttributes(reader, defattr: false);
        if (!reader.IsEmptyElement)
        {
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    reader.Read();
                    continue;
                }
                var record = (XElement)XNode.ReadFrom(reader);
                if (record.DescendantsAndSelf().Any(e => !e.HasElements && e.Name.LocalName.EndsWith(StudentId, StringComparison.Ordinal) && match.Is(e.Value))) found++;
                else record.WriteTo(writer);
            }
        }
        writer.WriteEndElement();
        return found;
    }

    /// <summary>JSON of the Ed-Fi API: the objects of its arrays, or an object alone.</summary>
    /// <exception cref="JsonException">The file is no JSON that can be read.</exception>
    public static int CopyJson(Stream from, Stream to, NumberMatch match)
    {
        var root = JsonNode.Parse(from);
        var found = 0;
        if (root is not JsonArray && IsAbout(root, match))
        {
            if (root is JsonObject properties && properties.Any(p => p.Value is JsonArray)) found = properties.Sum(p => Prune(p.Value, match));
            if (found == 0)
            {
                found = 1;
                root = new JsonArray();
            }
        }
        else
        {
            found = Prune(root, match);
        }
        using var writer = new Utf8JsonWriter(to);
        if (root is null) writer.WriteNullValue();
        else root.WriteTo(writer);
        return found;
    }

    /// <summary>Whether a file inside the zip names a pupil; true for one that cannot be looked into.</summary>
    public static bool IsMentionedInZip(Stream file, NumberMatch match, CancellationToken cancellationToken)
    {
        if (SafeArchive.Open(file, ArchiveLimits.Default) is not ArchiveOpening.Opened { Archive: var archive }) return true;
        using (archive)
        {
            try
            {
                foreach (var name in archive.Names)
                {
                    using var entry = archive.OpenEntry(name)!;
                    using var text = new StreamReader(entry);
                    while (text.ReadLine() is { } line)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        if (match.IsMentionedIn(line)) return true;
                    }
                }
                return false;
            }
            catch (ArchiveFaultException)
            {
                return true;
            }
        }
    }

    /// <summary>What a feed was split into.</summary>
    public static int CopyBatches(Stream from, Stream to, int firstMonth, NumberMatch match)
    {
        var found = 0;
        var writer = new BatchFileWriter(to);
        for (var number = 0; number < BatchFileReader.Count(from); number++)
        {
            var entry = BatchFileReader.ReadEntry(from, number);
            var year = new SchoolYear(entry.EndYear, firstMonth);
            var batch = writer.Open(SchoolId.Parse(entry.School), year);
            BatchFileReader.Read(from, entry, (in BatchRow row) =>
            {
                var student = Encoding.UTF8.GetString(row.StudentUniqueId);
                if (match.Is(student))
                {
                    found++;
                    return;
                }
                writer.Add(batch, new AttendanceRow
                {
                    RowNumber = row.RowNumber,
                    StudentUniqueId = student,
                    SchoolId = entry.School,
                    Date = year.FirstDay.AddDays(row.DayOfYear),
                    Session = row.Session,
                    Period = row.Period,
                    Mark = row.Mark,
                    Section = Encoding.UTF8.GetString(row.Section),
                    IsDelete = row.IsDelete,
                });
            });
        }
        writer.Complete();
        return found;
    }

    /// <summary>Refused rows: they keep their number and reason, and lose their text.</summary>
    public static async Task<int> CopyRefusedAsync(Stream from, Stream to, NumberMatch match, CancellationToken cancellationToken)
    {
        var found = 0;
        await foreach (var row in RefusalFile.ReadAsync(from, cancellationToken))
        {
            var isTheirs = match.IsMentionedIn(row.RawText);
            if (isTheirs) found++;
            await to.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(isTheirs ? row with { RawText = "" } : row, RefusalJson.Default.RefusedRow), cancellationToken);
            to.WriteByte((byte)'\n');
        }
        return found;
    }

    private static int Prune(JsonNode? node, NumberMatch match)
    {
        if (node is not JsonArray array) return 0;
        var found = 0;
        for (var i = array.Count - 1; i >= 0; i--)
        {
            if (!IsAbout(array[i], match)) continue;
            array.RemoveAt(i);
            found++;
        }
        return found;
    }

    private static bool IsAbout(JsonNode? node, NumberMatch match) => node switch
    {
        JsonObject properties => properties.Any(p =>
            (p.Key.EndsWith(StudentId, StringComparison.OrdinalIgnoreCase) && p.Value is JsonValue value && match.Is(value.ToString())) || IsAbout(p.Value, match)),
        JsonArray array => array.Any(element => IsAbout(element, match)),
        _ => false,
    };
}
