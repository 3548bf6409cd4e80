using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A feed's report as the API and the command line give it (docs/data-dictionary.md).</summary>
public static class FeedReportJson
{
    // Read by programs and people, never put into a page: other scripts may stand as they are.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(FeedReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            var status = report.Status;
            json.WriteStartObject();
            json.WriteString("id", status.Id.Value);
            json.WriteString("content", Camel(status.Request.Content));
            json.WriteString("state", Camel(status.State));
            if (status.Why is not null) json.WriteString("why", status.Why);
            if (status.RepeatOf is { } earlier) json.WriteString("repeatOf", earlier.Value);
            json.WriteString("arrivedAt", status.ArrivedAt);
            json.WriteString("statedAt", status.StatedAt);
            json.WriteNumber("bytes", status.Bytes);
            json.WriteNumber("rows", status.Rows);
            if (status.Request.Content == FeedContent.Attendance) WriteAttendance(json, report);
            else json.WriteNumber("changed", status.Taken);
            json.WriteNumber("erased", report.Erased);
            json.WriteNumber("refused", report.Refused);
            WriteRefused(json, report);
            WriteTexts(json, "concluded", status.Concluded);
            WriteTexts(json, "warnings", report.Warnings);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteAttendance(Utf8JsonWriter json, FeedReport report)
    {
        var status = report.Status;
        if (status.Kind is { } kind) json.WriteString("kind", Camel(kind));
        if (status.Covers is { } covers)
        {
            json.WriteStartObject("covers");
            json.WriteString("from", covers.From.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("to", covers.To.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        json.WriteNumber("schools", status.Split?.Schools ?? 0);
        json.WriteNumber("batches", status.Split?.Batches ?? 0);
        json.WriteNumber("batchesDone", report.Results.Count);
        json.WriteNumber("batchesFailed", report.Results.Count(r => r.Failed));
        json.WriteNumber("batchesGivenUp", report.Results.Count(r => r.Abandoned is not null));
        json.WriteNumber("applied", report.Changed);
        json.WriteNumber("unchanged", report.Unchanged);
        json.WriteNumber("superseded", report.Superseded);
        json.WriteNumber("filled", report.Filled);
        json.WriteNumber("statedTwice", report.TwiceStated);
        json.WriteNumber("sectionEvents", report.SectionEvents);
        json.WriteNumber("outsideCalendar", report.OutsideCalendar);
        json.WriteNumber("outsideEnrollment", report.OutsideEnrollment);
        json.WriteNumber("unknownStudents", report.UnknownStudents);
        json.WriteStartObject("unknownCodes");
        foreach (var (code, count) in status.UnknownCodes.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)) json.WriteNumber(code, count);
        json.WriteEndObject();
    }

    private static void WriteRefused(Utf8JsonWriter json, FeedReport report)
    {
        json.WriteStartObject("refusedBecause");
        foreach (var (reason, count) in report.RefusedBecause) json.WriteNumber(Camel(reason), count);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Camel<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
