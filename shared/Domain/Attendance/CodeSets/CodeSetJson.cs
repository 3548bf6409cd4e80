using System.Text.Json;

namespace SchoolSignal.Domain.Attendance.CodeSets;

/// <summary>Reads a code set's JSON and tells every fault with file, entry and field.</summary>
internal static class CodeSetJson
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Fields = ["id", "title", "source", "caseMatters", "descriptor", "entries", "reasons"];
    private static readonly string[] EntryFields = ["mark", "reason", "says", "provisional"];

    public static CodeSetLoad Read(string json, string fileName)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            return new CodeSetLoad.Invalid([$"{fileName}: not JSON (line {exception.LineNumber + 1})."]);
        }
        using (document)
        {
            var errors = new List<string>();
            var set = Read(document.RootElement, fileName, errors);
            return errors.Count > 0 ? new CodeSetLoad.Invalid(errors) : new CodeSetLoad.Loaded(set!);
        }
    }

    private static CodeSet? Read(JsonElement root, string fileName, List<string> errors)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"{fileName}: a code set is a JSON object.");
            return null;
        }
        foreach (var unknown in root.EnumerateObject().Where(property => !Fields.Contains(property.Name)))
            errors.Add($"{fileName}: '{unknown.Name}' is not a field of a code set; it has {string.Join(", ", Fields)}.");
        var id = Text(root, "id");
        if (string.IsNullOrWhiteSpace(id)) errors.Add($"{fileName}: id is missing.");
        var source = Text(root, "source");
        if (string.IsNullOrWhiteSpace(source)) errors.Add($"{fileName}: source is missing: say where the meanings come from.");
        var caseMatters = Flag(root, "caseMatters", fileName, errors);
        var comparer = caseMatters ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;

        var entries = new List<CodeSetEntry>();
        var seen = new HashSet<string>(comparer);
        if (!root.TryGetProperty("entries", out var list) || list.ValueKind != JsonValueKind.Object || !list.EnumerateObject().Any())
            errors.Add($"{fileName}: entries must be an object of code to mark, with at least one code.");
        else
            foreach (var property in list.EnumerateObject())
                ReadEntry(property, fileName, seen, entries, errors);

        var reasons = new Dictionary<string, MarkReason>(comparer);
        if (root.TryGetProperty("reasons", out var reasonList))
        {
            if (reasonList.ValueKind != JsonValueKind.Object) errors.Add($"{fileName}: reasons must be an object of code to reason.");
            else
                foreach (var property in reasonList.EnumerateObject())
                    ReadReason(property, fileName, reasons, errors);
        }
        return errors.Count > 0
            ? null
            : new CodeSet(id!, Text(root, "title") ?? id!, source!, caseMatters, Flag(root, "descriptor", fileName, errors), entries, reasons);
    }

    private static void ReadEntry(JsonProperty property, string fileName, HashSet<string> seen, List<CodeSetEntry> entries, List<string> errors)
    {
        var (code, where) = (property.Name.Trim(), $"{fileName}: entry '{property.Name}'");
        if (code.Length == 0) errors.Add($"{where}: the code is empty; an empty code is always unknown.");
        else if (!seen.Add(code)) errors.Add($"{where}: the code stands twice.");
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            errors.Add($"{where}: must be an object with {string.Join(", ", EntryFields)}.");
            return;
        }
        foreach (var unknown in property.Value.EnumerateObject().Where(field => !EntryFields.Contains(field.Name)))
            errors.Add($"{where}, '{unknown.Name}': not a field of an entry; it has {string.Join(", ", EntryFields)}.");
        var category = Enumerated<MarkCategory>(Text(property.Value, "mark"), $"{where}, mark", errors);
        var reason = property.Value.TryGetProperty("reason", out _)
            ? Enumerated<MarkReason>(Text(property.Value, "reason"), $"{where}, reason", errors)
            : MarkReason.None;
        entries.Add(new CodeSetEntry(
            code, new Mark(category, reason), Text(property.Value, "says") ?? "", Flag(property.Value, "provisional", where, errors)));
    }

    private static void ReadReason(JsonProperty property, string fileName, Dictionary<string, MarkReason> reasons, List<string> errors)
    {
        var where = $"{fileName}: reasons '{property.Name}'";
        var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
        if (!reasons.TryAdd(property.Name.Trim(), Enumerated<MarkReason>(text, where, errors))) errors.Add($"{where}: the reason stands twice.");
    }

    private static T Enumerated<T>(string? text, string where, List<string> errors) where T : struct, Enum
    {
        foreach (var name in Enum.GetNames<T>())
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<T>(name);
        errors.Add($"{where}: must be one of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.");
        return default;
    }

    private static string? Text(JsonElement parent, string field) =>
        parent.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement parent, string field, string where, List<string> errors)
    {
        if (!parent.TryGetProperty(field, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        errors.Add($"{where}: {field} must be true or false.");
        return false;
    }
}
