using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.District;

/// <summary>A number of a rule set that a district may change: a threshold, or points.</summary>
/// <param name="Path">Where it stands, as <c>rules[0].when[1].atLeast</c>.</param>
/// <param name="Rule">The rule's id; null for a level.</param>
/// <param name="Field">Where within the rule, as its errors name it: <c>when[1].atLeast</c>.</param>
/// <param name="Indicator">What a threshold is on; null for points.</param>
/// <param name="Value">As written in the rule set.</param>
public sealed record RuleNumber(string Path, string? Rule, string Field, IndicatorDefinition? Indicator, string Value)
{
    /// <summary>What a threshold is measured from: nothing, or another value of the same pupil.</summary>
    public ThresholdBase Base { get; init; }

    /// <summary>The threshold is the most there may be, not the least.</summary>
    public bool IsUpperLimit => Field.EndsWith("atMost", StringComparison.Ordinal);

    /// <summary>A part of a whole, which people write as per cent: of sessions, or of all ways chance could play. A multiple of an
    /// earlier value is none.</summary>
    public bool IsShare => Base != ThresholdBase.TimesOther && Indicator?.Unit is IndicatorUnit.Fraction or IndicatorUnit.FractionDifference or IndicatorUnit.Chance;

    /// <summary>As people write it: <c>12.5 %</c> for a share of 0.125, anything else as the rule set has it.
    /// <see cref="RuleNumbers.With"/> reads both.</summary>
    public string Written => IsShare && RuleNumbers.Parse(Value) is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.####} %") : Value;

    /// <summary>What was typed for it, as a number; null if it is none, or a share beyond the whole: <c>15</c> lacks its per cent sign.</summary>
    public decimal? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var typed = text.Trim();
        if (typed == Written) return RuleNumbers.Parse(Value);
        if (!IsShare) return RuleNumbers.Parse(typed);
        var share = typed.EndsWith('%') ? RuleNumbers.Parse(typed[..^1]) / 100 : RuleNumbers.Parse(typed);
        return share is >= -1 and <= 1 ? share : null;
    }
}

/// <summary>The numbers of a rule set as text: read out to be edited, put back to be proposed. What a rule looks at stays as
/// it is; that is a new rule set, which comes as a file.</summary>
public static class RuleNumbers
{
    private static readonly string[] Thresholds = ["atLeast", "atMost"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>In the order of the rule set, the levels last.</summary>
    public static IReadOnlyList<RuleNumber> Of(ReadOnlyMemory<byte> json)
    {
        var numbers = new List<RuleNumber>();
        var root = JsonNode.Parse(json.Span)!.AsObject();
        var rules = root["rules"]!.AsArray();
        for (var i = 0; i < rules.Count; i++) AddRule(numbers, $"rules[{i}].", rules[i]!.AsObject());
        foreach (var (level, node) in root["levels"]!.AsObject())
            numbers.Add(new RuleNumber($"levels.{level}.points", null, $"levels.{level}.points", null, Text(node!["points"]!)));
        return numbers;
    }

    /// <summary>A copy with other numbers, under a new version.</summary>
    /// <param name="values">Text by path, a share as 0.1 or 10 %; a path not named keeps its number. What is no number is left for
    /// <see cref="RuleSetReader"/> to refuse.</param>
    public static string With(ReadOnlyMemory<byte> json, string version, IReadOnlyDictionary<string, string> values)
    {
        var root = JsonNode.Parse(json.Span)!.AsObject();
        root["version"] = version;
        foreach (var number in Of(json))
        {
            if (!values.TryGetValue(number.Path, out var typed)) continue;
            var value = number.Read(typed);
            if (value is null || value != Parse(number.Value)) Replace(root, number.Path, value, typed.Trim());
        }
        return root.ToJsonString(Indented);
    }

    private static void AddRule(List<RuleNumber> numbers, string at, JsonObject rule)
    {
        var id = rule["id"]!.GetValue<string>();
        var first = rule["when"]!.AsArray()[0]!["indicator"]!.GetValue<string>();
        AddConditions(numbers, at, id, rule);
        Add("points", rule["points"]!, null);
        if (rule["steps"] is JsonArray steps)
            for (var i = 0; i < steps.Count; i++)
            {
                Add($"steps[{i}].atLeast", steps[i]!["atLeast"]!, first, BaseOf(rule["when"]![0]!));
                Add($"steps[{i}].points", steps[i]!["points"]!, null);
            }

        void Add(string field, JsonNode value, string? indicator, ThresholdBase against = ThresholdBase.Value) => numbers.Add(
            new RuleNumber(at + field, id, field, indicator is not null && IndicatorCatalogue.TryFind(indicator, out var found) ? found : null, Text(value)) { Base = against });
    }

    private static void AddConditions(List<RuleNumber> numbers, string at, string id, JsonObject rule)
    {
        var when = rule["when"]!.AsArray();
        for (var i = 0; i < when.Count; i++)
            foreach (var name in Thresholds)
                if (when[i]![name] is { } value && IndicatorCatalogue.TryFind(when[i]!["indicator"]!.GetValue<string>(), out var indicator))
                    numbers.Add(new RuleNumber($"{at}when[{i}].{name}", id, $"when[{i}].{name}", indicator, Text(value)) { Base = BaseOf(when[i]!) });
    }

    private static ThresholdBase BaseOf(JsonNode condition) =>
        condition["above"] is not null ? ThresholdBase.AboveOther : condition["times"] is not null ? ThresholdBase.TimesOther : ThresholdBase.Value;

    private static string Text(JsonNode number) => number.ToJsonString();

    // As JSON writes numbers: an exponent is one, and a comma is not taken for thousands where somebody means a decimal.
    internal static decimal? Parse(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Replace(JsonNode root, string path, decimal? value, string text)
    {
        var node = root;
        var names = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var name in names[..^1]) node = Step(node, name)!;
        node.AsObject()[names[^1]] = value is { } number ? number : text;
    }

    private static JsonNode? Step(JsonNode node, string name) =>
        name[0] == '[' ? node.AsArray()[int.Parse(name.AsSpan(1, name.Length - 2), CultureInfo.InvariantCulture)] : node.AsObject()[name];
}
