using System.Text.Json;

namespace SchoolSignal.Domain.Screening;

/// <summary>Where an error of a rule set belongs.</summary>
internal sealed record RuleSetScope(string File, string? Rule, List<RuleSetError> Errors);

/// <summary>One JSON object of a rule set being read; collects what is wrong instead of throwing.</summary>
internal sealed class RuleSetField(JsonElement element, RuleSetScope scope, string path)
{
    /// <summary>The longest text of a field.</summary>
    private const int MaxText = 1000;

    private readonly int errorsBefore = scope.Errors.Count;

    /// <summary>Whether something was wrong in this object or below it.</summary>
    public bool Failed => scope.Errors.Count > errorsBefore;

    public RuleSetField InRule(string rule) => new(element, scope with { Rule = rule }, "");

    public void Fail(string name, string message) => scope.Errors.Add(new RuleSetError(scope.File, scope.Rule, At(name), message));

    /// <summary>Checks that this is an object of known fields.</summary>
    public bool IsObject(params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            scope.Errors.Add(new RuleSetError(scope.File, scope.Rule, path.Length == 0 ? "$" : path, "An object is needed."));
            return false;
        }
        foreach (var property in element.EnumerateObject())
            if (!known.Contains(property.Name)) Fail(property.Name, "No such field.");
        return true;
    }

    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    public RuleSetField Child(string name)
    {
        return new RuleSetField(Has(name) ? element.GetProperty(name) : default, scope, At(name));
    }

    /// <summary>The objects of an array; an error and none if it is missing or no array.</summary>
    public IReadOnlyList<RuleSetField> Items(string name)
    {
        if (Has(name) && element.GetProperty(name) is { ValueKind: JsonValueKind.Array } array)
            return [.. array.EnumerateArray().Select((item, index) => new RuleSetField(item, scope, $"{At(name)}[{index}]"))];
        Fail(name, "A list is needed.");
        return [];
    }

    public string? PeekText(string name) =>
        Has(name) && element.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public string Text(string name)
    {
        if (PeekText(name) is { } text && text.Trim().Length is > 0 and <= MaxText) return text;
        Fail(name, $"A text of 1 to {MaxText} characters is needed.");
        return "";
    }

    public decimal? Number(string name)
    {
        if (Has(name) && element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value))
            return value;
        Fail(name, "A number is needed.");
        return null;
    }

    /// <summary>False where the field is absent.</summary>
    public bool Flag(string name)
    {
        if (!Has(name)) return false;
        var value = element.GetProperty(name).ValueKind;
        if (value is not (JsonValueKind.True or JsonValueKind.False)) Fail(name, "true or false is needed.");
        return value == JsonValueKind.True;
    }

    /// <summary>A name of an enumeration in camelCase; numbers are no names.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        var text = PeekText(name);
        foreach (var value in Enum.GetValues<T>())
            if (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text) return value;
        Fail(name, "One of " + string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)) + " is needed.");
        return null;
    }

    public Indicator? Indicator(string name)
    {
        if (PeekText(name) is { } text && IndicatorCatalogue.TryFind(text, out var found)) return found.Indicator;
        Fail(name, "The name of an indicator is needed.");
        return null;
    }

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
