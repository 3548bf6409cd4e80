using System.Text.Json;

namespace SchoolSignal.Domain.District;

/// <summary>Reads fields of a JSON object and gathers every error with the field's full name. A field that is absent
/// gives null; one that is wrong gives null and an error.</summary>
internal sealed class ConfigReader(string fileName)
{
    public List<ConfigError> Errors { get; } = [];

    public void Add(string field, string why) => Errors.Add(new ConfigError(fileName, field, why));

    /// <summary>The fields of an object; empty if it is none. With no names given, every name is allowed.</summary>
    public Dictionary<string, JsonElement> Object(JsonElement element, string field, params ReadOnlySpan<string> allowed)
    {
        var fields = new Dictionary<string, JsonElement>();
        if (element.ValueKind != JsonValueKind.Object)
        {
            Add(field, "must be an object { ... }");
            return fields;
        }
        foreach (var property in element.EnumerateObject())
        {
            var name = field.Length == 0 ? property.Name : $"{field}.{property.Name}";
            if (!allowed.IsEmpty && !allowed.Contains(property.Name)) Add(name, "is not a field of a district file");
            else if (!fields.TryAdd(property.Name, property.Value)) Add(name, "stands twice");
        }
        return fields;
    }

    public Dictionary<string, JsonElement> Object(Dictionary<string, JsonElement> parent, string field, params ReadOnlySpan<string> allowed) =>
        parent.TryGetValue(LastName(field), out var element) ? Object(element, field, allowed) : [];

    public JsonElement.ArrayEnumerator? List(Dictionary<string, JsonElement> parent, string field)
    {
        if (!parent.TryGetValue(LastName(field), out var element)) return null;
        if (element.ValueKind == JsonValueKind.Array) return element.EnumerateArray();
        Add(field, "must be a list [ ... ]");
        return null;
    }

    public List<string>? Texts(Dictionary<string, JsonElement> parent, string field, int maxLength)
    {
        if (List(parent, field) is not { } list) return null;
        var texts = new List<string>();
        foreach (var item in list)
            if (Text(item, $"{field}[{texts.Count}]", maxLength) is { } text) texts.Add(text);
            else break;
        return texts;
    }

    public string? Text(Dictionary<string, JsonElement> parent, string field, int maxLength, bool isRequired = false)
    {
        if (parent.TryGetValue(LastName(field), out var element)) return Text(element, field, maxLength);
        if (isRequired) Add(field, "is missing");
        return null;
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both inclusive.</summary>
    public int? Number(Dictionary<string, JsonElement> parent, string field, int least, int most)
    {
        return parent.TryGetValue(LastName(field), out var element) ? Number(element, field, least, most) : null;
    }

    public int? Number(JsonElement element, string field, int least, int most)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) && number >= least && number <= most) return number;
        Add(field, $"must be a whole number from {least} to {most}");
        return null;
    }

    private string? Text(JsonElement element, string field, int maxLength)
    {
        if (element.ValueKind == JsonValueKind.String && element.GetString()!.Trim() is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl))
            return text;
        Add(field, $"must be a text of 1 to {maxLength} characters");
        return null;
    }

    private static string LastName(string field) => field[(field.LastIndexOf('.') + 1)..];
}
