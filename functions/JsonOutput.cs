using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Functions;

/// <summary>Writes the JSON documents of docs/data-dictionary.md, "Outputs".</summary>
internal static class JsonOutput
{
    // Read by programs and people, never put into a page: names of any script may stand as they are.
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    public static readonly JsonWriterOptions Indented = Line with { Indented = true };

    /// <summary>One document, indented, and a line end.</summary>
    public static void Document(TextWriter output, Action<Utf8JsonWriter> write) => Write(output, Indented, write);

    /// <summary>One document on one line.</summary>
    public static void OneLine(TextWriter output, Action<Utf8JsonWriter> write) => Write(output, Line, write);

    public static void Text(this Utf8JsonWriter json, string name, DateOnly? date)
    {
        if (date is { } day) json.WriteString(name, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        else json.WriteNull(name);
    }

    public static void Moment(this Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        if (moment is { } at) json.WriteString(name, at);
        else json.WriteNull(name);
    }

    public static void Number(this Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    public static void Number(this Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    public static void Number(this Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    public static void Dates(this Utf8JsonWriter json, IReadOnlyList<DateOnly> dates)
    {
        json.WriteStartArray("dates");
        foreach (var date in dates) json.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    /// <summary>An array of objects, each filled in by <paramref name="write"/>.</summary>
    public static void Array<T>(this Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A value as the documents name it: noLegalBasis for NoLegalBasis.</summary>
    public static string Camel<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static void Triggers(this Utf8JsonWriter json, string name, IReadOnlyList<Trigger> triggers)
    {
        json.WriteStartArray(name);
        foreach (var trigger in triggers)
        {
            json.WriteStartObject();
            json.WriteString("ruleId", trigger.RuleId);
            json.WriteNumber("observed", trigger.Observed);
            json.WriteNumber("threshold", trigger.Threshold);
            json.Text("from", trigger.From);
            json.Text("to", trigger.To);
            json.Dates(trigger.Dates);
            json.WriteString("clearsWhen", trigger.ClearsWhen);
            json.WriteStartArray("feeds");
            foreach (var feed in trigger.Feeds) json.WriteStringValue(feed.Value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(TextWriter output, JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options)) write(json);
        output.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}
