using System.Globalization;
using System.Text.Json;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads the records of Ed-Fi ODS/API JSON: an array, an object with a "value" or "data" array or with arrays named
/// after the API's resources, or one object after another (JSON lines). Token by token, so that memory does not grow with
/// the file.</summary>
internal sealed class EdFiJson(EdFiRecordHandler handler)
{
    /// <summary>Objects and arrays inside each other, inclusive.</summary>
    private const int MaxDepth = 64;

    /// <summary>The longest single string or number, in bytes.</summary>
    private const int MaxToken = 1024 * 1024;

    private const int MaxNameLength = 128;
    private const int MaxNames = 4096;

    private static readonly string[] Wrappers = ["value", "data", "items"];

    private static readonly string[] Collections =
    [
        "studentSchoolAttendanceEvents", "studentSectionAttendanceEvents", "calendars", "calendarDates", "sessions",
        "gradingPeriods", "studentSchoolAssociations", "students",
    ];

    private readonly EdFiRecord record = new();
    private readonly string[] names = new string[MaxDepth + 2];
    private readonly HashSet<string> knownNames = new(StringComparer.Ordinal);
    private int number;
    private int recordDepth = -1;
    private string? collection;

    /// <summary>The root is an object whose named array holds the records, at this depth; -1 if it is not.</summary>
    private int wrapperArrayDepth = -1;
    private bool rootIsWrapper;
    private bool rootIsObject;
    private int roots;

    /// <summary>Null when the whole file was read, else why it cannot be used; what was handed on before is then void.</summary>
    public static string? Read(Stream stream, EdFiRecordHandler handler, CancellationToken cancellationToken) =>
        new EdFiJson(handler).Read(stream, cancellationToken);

    private string? Read(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var held = 0;
        var first = true;
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true });
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = stream.ReadAtLeast(buffer.AsSpan(held), buffer.Length - held, throwOnEndOfStream: false);
                var last = read < buffer.Length - held;
                held += read;
                var start = first && buffer.AsSpan(0, held).StartsWith("\uFEFF"u8) ? 3 : 0;
                first = false;

                var json = new Utf8JsonReader(buffer.AsSpan(start, held - start), last, state);
                while (json.Read())
                    if (Take(ref json) is { } refused) return refused;
                if (last) return roots == 0 ? "The file is empty: there is no JSON in it." : null;

                state = json.CurrentState;
                var consumed = start + (int)json.BytesConsumed;
                held -= consumed;
                buffer.AsSpan(consumed, held).CopyTo(buffer);
                if (held < buffer.Length) continue;
                if (buffer.Length >= MaxToken) return $"The JSON holds a single value of more than {MaxToken} bytes.";
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
        catch (JsonException fault)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The file is not valid JSON at line {(fault.LineNumber ?? 0) + 1}, byte {(fault.BytePositionInLine ?? 0) + 1} of that line: it is cut off, damaged, nested deeper than {MaxDepth} levels or not UTF-8.");
        }
    }

    private string? Take(ref Utf8JsonReader json)
    {
        var depth = json.CurrentDepth;
        if (depth == 0 && json.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) && BeginRoot(json.TokenType) is { } refused)
            return refused;
        switch (json.TokenType)
        {
            case JsonTokenType.PropertyName:
                names[depth] = Name(ref json);
                break;
            case JsonTokenType.StartObject:
                if (recordDepth < 0 && IsRecordPosition(depth))
                {
                    recordDepth = depth;
                    record.Begin(collection, ++number);
                }
                break;
            case JsonTokenType.StartArray:
                if (depth == 1 && rootIsObject && IsCollection(names[1]))
                    EnterWrapper();
                else if (recordDepth < 0 && depth > 0 && IsRecordPosition(depth))
                    RefuseElement();
                names[depth + 1] = names[depth];
                break;
            case JsonTokenType.EndArray:
                if (depth == wrapperArrayDepth) wrapperArrayDepth = -1;
                break;
            case JsonTokenType.EndObject:
                if (depth == recordDepth)
                {
                    recordDepth = -1;
                    handler(record);
                }
                break;
            default:
                if (recordDepth < 0 && IsRecordPosition(depth)) RefuseElement();
                else if (recordDepth >= 0 && json.TokenType != JsonTokenType.Null) AddValue(ref json, depth);
                break;
        }
        return null;
    }

    /// <summary>A second value is taken only where objects follow each other (JSON lines).</summary>
    private string? BeginRoot(JsonTokenType token)
    {
        roots++;
        if (roots > 1 && (!rootIsObject || token != JsonTokenType.StartObject))
            return "The JSON goes on after its end: a second value follows the first, and they are not both objects.";
        rootIsObject = token == JsonTokenType.StartObject;
        if (!rootIsObject && token != JsonTokenType.StartArray)
            return "The JSON is a single value: expected are records, in an array or one object a line.";
        rootIsWrapper = false;
        wrapperArrayDepth = -1;
        collection = null;
        return null;
    }

    private bool IsRecordPosition(int depth) =>
        depth == 0 || (!rootIsObject && depth == 1) || (wrapperArrayDepth >= 0 && depth == wrapperArrayDepth + 1);

    /// <summary>The root object turns out to hold the records: it is none itself.</summary>
    private void EnterWrapper()
    {
        wrapperArrayDepth = 1;
        collection = Wrappers.Contains(names[1], StringComparer.OrdinalIgnoreCase) ? null : names[1];
        if (rootIsWrapper) return;
        rootIsWrapper = true;
        recordDepth = -1;
        number--;
    }

    private static bool IsCollection(string name) =>
        Wrappers.Contains(name, StringComparer.OrdinalIgnoreCase) || Collections.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>An element of the list that is no object.</summary>
    private void RefuseElement()
    {
        record.Begin("", ++number);
        handler(record);
    }

    private void AddValue(ref Utf8JsonReader json, int depth)
    {
        var top = names[recordDepth + 1];
        var length = json.ValueSpan.Length;
        if (length > 4 * EdFiRecord.MaxValueLength) return;
        var room = record.Room(length);
        if (json.TokenType == JsonTokenType.String)
        {
            try
            {
                length = json.CopyString(room);
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair or bytes that are not UTF-8: valid grammar, but no text.
                record.HasInvalidText = true;
                return;
            }
        }
        else
        {
            System.Text.Encoding.UTF8.GetChars(json.ValueSpan, room);
        }
        record.Keep(top, names[depth], depth - recordDepth, length);
    }

    /// <summary>The property's name; the few names of a file are kept, so that a record costs no string.</summary>
    private string Name(ref Utf8JsonReader json)
    {
        if (json.ValueSpan.Length > MaxNameLength) return "";
        Span<char> chars = stackalloc char[MaxNameLength];
        try
        {
            chars = chars[..json.CopyString(chars)];
        }
        catch (InvalidOperationException)
        {
            record.HasInvalidText = true;
            return "";
        }
        var lookup = knownNames.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(chars, out var known)) return known;
        var name = chars.ToString();
        if (knownNames.Count < MaxNames) knownNames.Add(name);
        return name;
    }
}
