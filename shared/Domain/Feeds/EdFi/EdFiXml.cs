using System.Globalization;
using System.Xml;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads the records of an Ed-Fi bulk XML interchange: the children of its root element.</summary>
internal static class EdFiXml
{
    /// <summary>Elements inside elements, inclusive. The deepest path of the Ed-Fi core schema that is read here has ten.</summary>
    private const int MaxDepth = 64;

    /// <summary>No document type, no entity of the sender's own, nothing fetched from anywhere.</summary>
    internal static XmlReaderSettings Settings { get; } = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        CloseInput = false,
    };

    /// <summary>Null when the whole file was read, else why it cannot be used; what was handed on before is then void.</summary>
    public static string? Read(Stream stream, EdFiRecordHandler handler, CancellationToken cancellationToken)
    {
        var record = new EdFiRecord();
        var names = new string[MaxDepth + 1];
        var chunk = new char[EdFiRecord.MaxValueLength];
        var number = 0;
        var rootSeen = false;
        try
        {
            using var reader = XmlReader.Create(stream, Settings);
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when reader.Depth > MaxDepth:
                        return $"The XML nests elements deeper than {MaxDepth} levels {Where(reader as IXmlLineInfo)}.";
                    case XmlNodeType.Element when reader.Depth == 0:
                        rootSeen = true;
                        break;
                    case XmlNodeType.Element:
                        names[reader.Depth] = reader.LocalName;
                        if (reader.Depth == 1) Begin(record, reader, ++number, handler, cancellationToken);
                        else if (reader.GetAttribute("ref") is { } reference)
                            record.Add(names[2], "ref", reader.Depth - 1, reference);
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA when reader.Depth >= 3:
                        AddText(record, reader, names, chunk);
                        break;
                    case XmlNodeType.EndElement when reader.Depth == 1:
                        handler(record);
                        break;
                }
            }
            return null;
        }
        catch (XmlException fault)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"at line {fault.LineNumber}, position {fault.LinePosition}");
            return rootSeen
                ? $"The file is not well-formed XML {where}: it is cut off, damaged or in another encoding than it says. Export it again."
                : $"The file is not XML that can be read {where}: it is damaged, in another encoding than it says, or declares a document type (DTD), which is not accepted.";
        }
    }

    private static void Begin(EdFiRecord record, XmlReader reader, int number, EdFiRecordHandler handler, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        record.Begin(reader.LocalName, number);
        if (reader.GetAttribute("id") is { } id) record.Add("id", "id", 1, id);
        if (reader.IsEmptyElement) handler(record);
    }

    /// <summary>Copies a text without making a string of it; of an overlong one only the start.</summary>
    private static void AddText(EdFiRecord record, XmlReader reader, string[] names, char[] chunk)
    {
        var depth = reader.Depth - 1;
        int read, length = 0;
        while (length < EdFiRecord.MaxValueLength && (read = reader.ReadValueChunk(chunk, length, EdFiRecord.MaxValueLength - length)) > 0)
            length += read;
        record.Add(names[2], names[depth], depth - 1, chunk.AsSpan(0, length));
    }

    private static string Where(IXmlLineInfo? line) =>
        string.Create(CultureInfo.InvariantCulture, $"at line {line?.LineNumber ?? 0}, position {line?.LinePosition ?? 0}");
}
