using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Reads a profile's JSON and tells every fault with file and field.</summary>
internal static class CsvProfileJson
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Fields =
    [
        "id", "title", "known", "provisional", "delimiter", "encoding", "kind", "codeSet", "columns", "dateFormats", "sessions", "foldPeriods",
    ];

    public static CsvProfileLoad Read(string json, string fileName)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            return new CsvProfileLoad.Invalid([$"{fileName}: not JSON (line {exception.LineNumber + 1})."]);
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object) return new CsvProfileLoad.Invalid([$"{fileName}: a profile is a JSON object."]);
            var reading = new Reading(document.RootElement, fileName);
            var profile = reading.Profile();
            return reading.Errors.Count > 0 ? new CsvProfileLoad.Invalid(reading.Errors) : new CsvProfileLoad.Loaded(profile);
        }
    }

    private sealed class Reading(JsonElement root, string fileName)
    {
        public List<string> Errors { get; } = [];

        public CsvProfile Profile()
        {
            foreach (var unknown in root.EnumerateObject().Where(property => !Fields.Contains(property.Name)))
                Errors.Add($"{fileName}: '{unknown.Name}' is not a field of a profile; it has {string.Join(", ", Fields)}.");
            var id = Text("id") ?? "";
            if (string.IsNullOrWhiteSpace(id)) Errors.Add($"{fileName}: id is missing.");
            return new CsvProfile(
                id, Text("title") ?? id, Texts(root, "known", fileName), Texts(root, "provisional", fileName), Delimiter(), Encoding(), Kind(),
                Text("codeSet"), Columns(), DateFormats(), Sessions(), Fold());
        }

        private char? Delimiter()
        {
            if (Text("delimiter") is not { } text) return null;
            if (text.Length == 1 && text[0] is not ('"' or '\r' or '\n' or '\0')) return text[0];
            Errors.Add($"{fileName}: delimiter must be one character, neither a quote nor a line end.");
            return null;
        }

        private Encoding? Encoding()
        {
            if (Text("encoding") is not { } name) return null;
            var encoding = CsvEncoding.ByName(name);
            if (encoding is null) Errors.Add($"{fileName}: encoding must be utf-8, utf-16le, utf-16be, windows-1252 or shift-jis.");
            return encoding;
        }

        private FeedKind? Kind() => Text("kind") is { } text ? Enumerated<FeedKind>(text, "kind") : null;

        private Dictionary<CsvField, IReadOnlyList<string>> Columns()
        {
            var columns = new Dictionary<CsvField, IReadOnlyList<string>>();
            if (Object("columns") is not { } list)
            {
                Errors.Add($"{fileName}: columns is missing: say which header holds student, date and code.");
                return columns;
            }
            foreach (var property in list.EnumerateObject())
            {
                var field = Enumerated<CsvField>(property.Name, $"columns '{property.Name}'");
                var names = property.Value.ValueKind == JsonValueKind.String
                    ? [property.Value.GetString()!]
                    : Texts(list, property.Name, $"{fileName}: columns");
                if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace)) Errors.Add($"{fileName}: columns '{property.Name}' needs at least one header name.");
                if (field is { } known && !columns.TryAdd(known, names)) Errors.Add($"{fileName}: columns '{property.Name}' stands twice.");
            }
            foreach (var needed in new[] { CsvField.Student, CsvField.Date })
                if (!columns.ContainsKey(needed)) Errors.Add($"{fileName}: columns must name '{JsonNamingPolicy.CamelCase.ConvertName(needed.ToString())}'.");
            if (!CsvColumns.HasMarks(columns.ContainsKey))
                Errors.Add($"{fileName}: columns must name 'code', or 'codeAm' and 'codePm', or 'daysAbsent' (or 'daysExcused' and 'daysUnexcused').");
            return columns;
        }

        private List<DateFormat> DateFormats()
        {
            var formats = new List<DateFormat>();
            foreach (var text in Texts(root, "dateFormats", fileName))
            {
                if (DateFormat.TryParseFormat(text, out var format)) formats.Add(format!);
                else Errors.Add($"{fileName}: dateFormats '{text}' is not a date format; write it like yyyy-MM-dd, dd/MM/yyyy or MM/dd/yyyy.");
            }
            if (formats.Any(format => format.IsDayFirst) && formats.Any(format => format.IsMonthFirst))
                Errors.Add($"{fileName}: dateFormats must not hold day-first and month-first formats together.");
            return formats;
        }

        private Dictionary<string, SessionOfDay> Sessions()
        {
            var sessions = new Dictionary<string, SessionOfDay>(StringComparer.OrdinalIgnoreCase);
            if (Object("sessions") is not { } list) return sessions;
            foreach (var property in list.EnumerateObject())
            {
                var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
                if (Enumerated<SessionOfDay>(text, $"sessions '{property.Name}'") is { } session && !sessions.TryAdd(property.Name.Trim(), session))
                    Errors.Add($"{fileName}: sessions '{property.Name}' stands twice.");
            }
            return sessions;
        }

        private PeriodFold? Fold()
        {
            if (Object("foldPeriods") is not { } fold) return null;
            if (fold.TryGetProperty("absentFrom", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var share) && share is > 0 and <= 1)
                return new PeriodFold(share);
            Errors.Add($"{fileName}: foldPeriods.absentFrom must be a number above 0 and at most 1.");
            return null;
        }

        private JsonElement? Object(string field)
        {
            if (!root.TryGetProperty(field, out var value)) return null;
            if (value.ValueKind == JsonValueKind.Object) return value;
            Errors.Add($"{fileName}: {field} must be an object.");
            return null;
        }

        private string? Text(string field)
        {
            if (!root.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
            if (value.ValueKind == JsonValueKind.String) return value.GetString();
            Errors.Add($"{fileName}: {field} must be text.");
            return null;
        }

        private List<string> Texts(JsonElement parent, string field, string where)
        {
            if (!parent.TryGetProperty(field, out var value)) return [];
            if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
                return [.. value.EnumerateArray().Select(item => item.GetString()!)];
            Errors.Add($"{where}: {field} must be a list of texts.");
            return [];
        }

        private T? Enumerated<T>(string text, string where) where T : struct, Enum
        {
            foreach (var name in Enum.GetNames<T>())
                if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<T>(name);
            Errors.Add($"{fileName}: {where} must be one of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.");
            return null;
        }
    }
}
