using System.Text.Json;

namespace SchoolSignal.Domain.Screening;

/// <summary>Reads a rule set from its JSON and checks it whole: unknown fields and indicators, doubled ids, thresholds and
/// points out of range are all refused, each with file, rule and field.</summary>
/// <remarks>
/// A set has <c>version</c>, <c>title</c>, <c>levels</c> and <c>rules</c>. A rule has <c>id</c>, <c>family</c>, <c>title</c>,
/// <c>source</c>, <c>when</c> (all must hold), <c>points</c>, <c>evidence</c> (the indicator whose dates are shown),
/// <c>clearsWhen</c>, and if wanted <c>steps</c> (<c>atLeast</c> of the first condition, <c>points</c>, <c>severe</c>) and
/// <c>halvedWhen</c>. A condition has <c>indicator</c>, one of <c>atLeast</c> and <c>atMost</c>, and if wanted <c>above</c> or
/// <c>times</c> another indicator. Levels: <c>watch</c>, <c>raised</c> (with <c>orRule</c>), <c>high</c> (with
/// <c>orSevereEndOf</c>), each with <c>points</c> and <c>twoFamilies</c>. All thresholds are inclusive.
/// </remarks>
public static class RuleSetReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <param name="file">The name errors give.</param>
    public static RuleSetLoad Read(string file, ReadOnlyMemory<byte> utf8Json)
    {
        var errors = new List<RuleSetError>();
        try
        {
            using var document = JsonDocument.Parse(utf8Json, Strict);
            var set = ReadSet(new RuleSetField(document.RootElement, new RuleSetScope(file, null, errors), ""));
            return errors.Count == 0 && set is not null ? new RuleSetLoad.Loaded(set) : new RuleSetLoad.Refused(errors);
        }
        catch (JsonException broken)
        {
            errors.Add(new RuleSetError(file, null, "$", $"Not JSON (line {broken.LineNumber + 1})."));
            return new RuleSetLoad.Refused(errors);
        }
    }

    /// <summary>The text of a rule set that is part of the product.</summary>
    internal static byte[] ShippedJson(string file)
    {
        using var stream = typeof(RuleSetReader).Assembly.GetManifestResourceStream("rulesets/" + file)
            ?? throw new InvalidOperationException($"The rule set {file} is not part of the build.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Reads a rule set that is part of the product.</summary>
    internal static RuleSet ReadShipped(string file)
    {
        return Read(file, ShippedJson(file)) switch
        {
            RuleSetLoad.Loaded loaded => loaded.RuleSet,
            RuleSetLoad.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors)),
            _ => throw new InvalidOperationException("Unreachable."),
        };
    }

    private static RuleSet? ReadSet(RuleSetField root)
    {
        if (!root.IsObject("version", "title", "levels", "rules")) return null;
        var version = root.Text("version");
        var title = root.Text("title");
        var rules = ReadRules(root);
        var levels = ReadLevels(root.Child("levels"), rules);
        return root.Failed || levels is null ? null : new RuleSet(version, title, rules, levels);
    }

    private static List<RuleDefinition> ReadRules(RuleSetField root)
    {
        var rules = new List<RuleDefinition>();
        foreach (var (item, index) in root.Items("rules").Select((item, index) => (item, index)))
        {
            var id = item.PeekText("id") ?? $"#{index + 1}";
            if (ReadRule(item.InRule(id)) is not { } rule) continue;
            if (rules.Exists(r => r.Id == rule.Id)) item.InRule(id).Fail("id", "Another rule has this id.");
            rules.Add(rule);
        }
        if (rules.Count == 0) root.Fail("rules", "At least one rule is needed.");
        if (rules.Count > RuleSet.MaxRules) root.Fail("rules", $"At most {RuleSet.MaxRules} rules.");
        return rules;
    }

    private static RuleDefinition? ReadRule(RuleSetField rule)
    {
        if (!rule.IsObject("id", "family", "title", "source", "when", "points", "steps", "halvedWhen", "evidence", "clearsWhen"))
            return null;
        var family = rule.OneOf<RuleFamily>("family");
        var conditions = rule.Items("when").Select(ReadCondition).ToList();
        if (conditions.Count == 0) rule.Fail("when", "At least one condition is needed.");
        var points = ReadPoints(rule, family);
        var steps = rule.Has("steps") ? ReadSteps(rule, conditions.FirstOrDefault(), family) : [];
        var halved = rule.Has("halvedWhen") ? ReadCondition(rule.Child("halvedWhen")) : null;
        var definition = new RuleDefinition(
            rule.Text("id"), family ?? default, rule.Text("title"), rule.Text("source"), [.. conditions.OfType<RuleCondition>()],
            points, steps, halved, rule.Indicator("evidence") ?? default, rule.Text("clearsWhen"));
        return rule.Failed ? null : definition;
    }

    private static RuleCondition? ReadCondition(RuleSetField field)
    {
        if (!field.IsObject("indicator", "atLeast", "atMost", "above", "times")) return null;
        var indicator = field.Indicator("indicator");
        if (field.Has("atLeast") == field.Has("atMost"))
        {
            field.Fail("atLeast", "Exactly one of atLeast and atMost is needed.");
            return null;
        }
        if (field.Has("above") && field.Has("times")) field.Fail("times", "Not together with above.");
        var comparison = field.Has("atLeast") ? Comparison.AtLeast : Comparison.AtMost;
        var threshold = ReadThreshold(field, comparison == Comparison.AtLeast ? "atLeast" : "atMost");
        var (thresholdBase, other) = field.Has("above") ? (ThresholdBase.AboveOther, field.Indicator("above"))
            : field.Has("times") ? (ThresholdBase.TimesOther, field.Indicator("times"))
            : (ThresholdBase.Value, null);
        return indicator is { } known ? new RuleCondition(known, comparison, threshold, thresholdBase, other) : null;
    }

    private static List<RuleStep> ReadSteps(RuleSetField rule, RuleCondition? main, RuleFamily? family)
    {
        var steps = new List<RuleStep>();
        if (main is not null && main.Comparison != Comparison.AtLeast)
            rule.Fail("steps", "Steps go with a first condition of the kind atLeast.");
        foreach (var field in rule.Items("steps"))
        {
            if (!field.IsObject("atLeast", "points", "severe")) continue;
            var step = new RuleStep(ReadThreshold(field, "atLeast"), ReadPoints(field, family), field.Flag("severe"));
            if (step.Threshold <= (steps.Count > 0 ? steps[^1].Threshold : main?.Threshold ?? decimal.MinValue))
                field.Fail("atLeast", "Steps ascend, each above the rule's own threshold.");
            steps.Add(step);
        }
        return steps;
    }

    private static decimal ReadThreshold(RuleSetField field, string name)
    {
        if (field.Number(name) is not { } threshold) return 0;
        if (Math.Abs(threshold) > CompiledCondition.MaxThreshold || decimal.Round(threshold, CompiledCondition.MaxScale) != threshold)
            field.Fail(name, $"At most {CompiledCondition.MaxThreshold}, with at most {CompiledCondition.MaxScale} decimals.");
        return threshold;
    }

    private static decimal ReadPoints(RuleSetField field, RuleFamily? family)
    {
        if (field.Number("points") is not { } points) return 0;
        if (points * 2 != decimal.Truncate(points * 2) || Math.Abs(points) > 20) field.Fail("points", "Whole or half points, at most 20.");
        if (family == RuleFamily.Protective ? points >= 0 : points <= 0)
            field.Fail("points", "Below 0 for a protective rule, above 0 for any other.");
        return points;
    }

    private static LevelRules? ReadLevels(RuleSetField? field, List<RuleDefinition> rules)
    {
        if (field is null || !field.IsObject("watch", "raised", "high")) return null;
        var (watch, raised, high) = (field.Child("watch"), field.Child("raised"), field.Child("high"));
        if (!watch.IsObject("points", "twoFamilies") || !raised.IsObject("points", "twoFamilies", "orRule")
            || !high.IsObject("points", "twoFamilies", "orSevereEndOf")) return null;
        var orRule = raised.Has("orRule") ? raised.Text("orRule") : null;
        if (orRule is not null && !rules.Exists(r => r.Id == orRule)) raised.Fail("orRule", "No rule has this id.");
        var levels = new LevelRules(
            Level(watch), Level(raised), Level(high), orRule,
            high.Has("orSevereEndOf") ? high.OneOf<RuleFamily>("orSevereEndOf") : null);
        if (levels.Watch.Points > levels.Raised.Points || levels.Raised.Points > levels.High.Points)
            field.Fail("high", "Levels ascend in points.");
        return levels;

        static LevelRule Level(RuleSetField field) => new(field.Number("points") ?? 0, field.Flag("twoFamilies"));
    }
}
