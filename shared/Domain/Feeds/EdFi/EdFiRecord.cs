using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Takes one record; it is overwritten by the next.</summary>
internal delegate void EdFiRecordHandler(EdFiRecord record);

/// <summary>One record of an Ed-Fi file, XML or JSON alike, laid out flat: each value under the name of its own element and
/// of the record's element it stands in. One instance is reused, so a file of any size needs no more memory.</summary>
/// <remarks>Names are compared without case: the bulk XML writes <c>StudentUniqueId</c>, the API <c>studentUniqueId</c>.</remarks>
internal sealed class EdFiRecord
{
    /// <summary>Longer values are cut: no field that is read here is that long.</summary>
    public const int MaxValueLength = 1024;

    /// <summary>A record with more text or more values than this is refused.</summary>
    private const int MaxTextLength = 256 * 1024;
    private const int MaxFields = 4096;

    private static readonly JsonWriterOptions RawOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly List<Field> fields = [];
    private char[] text = new char[4096];
    private int used;

    private readonly record struct Field(string Top, string Name, int Depth, int Start, int Length);

    /// <summary>The XML element or the JSON collection; null where the JSON does not name it.</summary>
    public string? Type { get; private set; }

    /// <summary>1-based position in the file.</summary>
    public int Number { get; private set; }

    /// <summary>Held a string that is not valid Unicode.</summary>
    public bool HasInvalidText { get; set; }

    public bool IsTooLarge { get; private set; }

    public void Begin(string? type, int number)
    {
        Type = type;
        Number = number;
        HasInvalidText = false;
        IsTooLarge = false;
        fields.Clear();
        used = 0;
    }

    /// <summary>Room for a value of up to <paramref name="length"/> characters, to be kept by <see cref="Keep"/>.</summary>
    public Span<char> Room(int length)
    {
        if (used + length > text.Length) Array.Resize(ref text, Math.Max(text.Length * 2, used + length));
        return text.AsSpan(used, length);
    }

    /// <summary>Keeps what was written to <see cref="Room"/> as the value of a field.</summary>
    public void Keep(string top, string name, int depth, int length)
    {
        if (used + length > MaxTextLength || fields.Count == MaxFields)
        {
            IsTooLarge = true;
            return;
        }
        var kept = Math.Min(length, MaxValueLength);
        fields.Add(new Field(top, name, depth, used, kept));
        used += kept;
    }

    public void Add(string top, string name, int depth, ReadOnlySpan<char> value)
    {
        var kept = value.Length > MaxValueLength ? value[..MaxValueLength] : value;
        kept.CopyTo(Room(kept.Length));
        Keep(top, name, depth, kept.Length);
    }

    /// <summary>The outermost value of that name, trimmed; empty if there is none.</summary>
    public ReadOnlySpan<char> Find(string name)
    {
        var best = -1;
        for (var i = 0; i < fields.Count; i++)
            if ((best < 0 || fields[i].Depth < fields[best].Depth) && Same(fields[i].Name, name)) best = i;
        return best < 0 ? default : Value(fields[best]);
    }

    /// <summary>The first value of that name inside the record's element <paramref name="top"/>; empty if there is none.</summary>
    public ReadOnlySpan<char> Find(string top, string name)
    {
        foreach (var field in fields)
            if (Same(field.Name, name) && Same(field.Top, top)) return Value(field);
        return default;
    }

    /// <summary>The code value of a descriptor: what follows '#' of its URI. The API adds "Descriptor" to the name.</summary>
    public ReadOnlySpan<char> FindCode(string name, string descriptorName)
    {
        var value = Find(name);
        if (value.IsEmpty) value = Find(descriptorName);
        return CodeOf(value);
    }

    /// <summary>Every code value of a descriptor that may stand several times.</summary>
    public IEnumerable<string> Codes(string name, string descriptorName)
    {
        foreach (var field in fields)
            if (Same(field.Name, name) || Same(field.Name, descriptorName)) yield return CodeOf(Value(field)).ToString();
    }

    /// <summary>Whether any value stands inside that element of the record.</summary>
    public bool HasTop(string top)
    {
        foreach (var field in fields)
            if (Same(field.Top, top)) return true;
        return false;
    }

    /// <summary>Puts values together with '|' between them, in room of the record that lasts until the next one.</summary>
    public ReadOnlySpan<char> Join(ReadOnlySpan<char> a, ReadOnlySpan<char> b, ReadOnlySpan<char> c)
    {
        var room = Room(a.Length + b.Length + c.Length + 2);
        a.CopyTo(room);
        room[a.Length] = '|';
        b.CopyTo(room[(a.Length + 1)..]);
        room[a.Length + 1 + b.Length] = '|';
        c.CopyTo(room[(a.Length + b.Length + 2)..]);
        return room;
    }

    /// <summary>The record as one line of JSON that this reader takes back, so that a refused record can be mended and sent
    /// again whichever format it came in.</summary>
    public string ToRawText()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, RawOptions))
        {
            json.WriteStartObject();
            string? open = null;
            foreach (var field in fields)
            {
                if (open is not null && !Same(open, field.Top))
                {
                    json.WriteEndObject();
                    open = null;
                }
                if (open is null && field.Depth > 1)
                {
                    json.WriteStartObject(field.Top);
                    open = field.Top;
                }
                json.WriteString(field.Name, Value(field));
            }
            if (open is not null) json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private ReadOnlySpan<char> Value(Field field) => text.AsSpan(field.Start, field.Length).Trim();

    private static ReadOnlySpan<char> CodeOf(ReadOnlySpan<char> descriptor) => descriptor[(descriptor.LastIndexOf('#') + 1)..].Trim();

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
