using System.Text;
using System.Text.Json.Nodes;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class RuleSetReaderTests
{
    [Fact]
    public void Starting_IsTheShippedSet()
    {
        Assert.Equal("starting-1", RuleSet.Starting.Version);
        Assert.Equal(21, RuleSet.Starting.Rules.Count);
        Assert.Equal("absence.severe", RuleSet.Starting.Levels.RaisedByRule);
    }

    [Theory]
    [InlineData("family", "\"mood\"", "rule one: family: One of absence, pattern, partial, observation, protective is needed.")]
    [InlineData("family", "0", "rule one: family:")]
    [InlineData("points", "0", "rule one: points: Below 0 for a protective rule")]
    [InlineData("points", "0.3", "rule one: points: Whole or half points")]
    [InlineData("points", "\"2\"", "rule one: points: A number is needed.")]
    [InlineData("title", "\"\"", "rule one: title: A text of 1 to 1000 characters is needed.")]
    [InlineData("clearsWhen", "null", "rule one: clearsWhen:")]
    [InlineData("evidence", "\"mood\"", "rule one: evidence: The name of an indicator is needed.")]
    [InlineData("script", "\"x => x\"", "rule one: script: No such field.")]
    [InlineData("when", "[]", "rule one: when: At least one condition is needed.")]
    [InlineData("when", "{}", "rule one: when: A list is needed.")]
    [InlineData("when", "[{\"indicator\":\"mood\",\"atLeast\":1}]", "rule one: when[0].indicator: The name of an indicator is needed.")]
    [InlineData("when", "[{\"indicator\":\"spells\"}]", "rule one: when[0].atLeast: Exactly one of atLeast and atMost is needed.")]
    [InlineData("when", "[{\"indicator\":\"spells\",\"atLeast\":1,\"atMost\":2}]", "rule one: when[0].atLeast: Exactly one")]
    [InlineData("when", "[{\"indicator\":\"spells\",\"atLeast\":0.00001}]", "rule one: when[0].atLeast: At most 10000, with at most 4 decimals.")]
    [InlineData("when", "[{\"indicator\":\"spells\",\"atLeast\":1,\"above\":\"spells\",\"times\":\"spells\"}]", "rule one: when[0].times: Not together with above.")]
    [InlineData("steps", "[{\"atLeast\":2,\"points\":3}]", "rule one: steps[0].atLeast: Steps ascend")]
    [InlineData("steps", "[{\"atLeast\":5,\"points\":3,\"severe\":1}]", "rule one: steps[0].severe: true or false is needed.")]
    [InlineData("halvedWhen", "[]", "rule one: halvedWhen: An object is needed.")]
    public void Read_BrokenRule_NamesFileRuleAndField(string field, string json, string error) =>
        Refused(set => set["rules"]![0]![field] = JsonNode.Parse(json), "own.json: " + error);

    [Fact]
    public void Read_BrokenSet_NamesTheField()
    {
        Refused(set => set.Remove("levels"), "own.json: levels: An object is needed.");
        Refused(set => set["version"] = "", "own.json: version: A text");
        Refused(set => set["rules"] = new JsonArray(), "own.json: rules: At least one rule is needed.");
        Refused(set => set["rules"]!.AsArray().Add(set["rules"]![0]!.DeepClone()), "own.json: rule one: id: Another rule has this id.");
        Refused(set => set["rules"]![0]!.AsObject().Remove("id"), "own.json: rule #1: id: A text");
        Refused(set => set["levels"]!["raised"]!["orRule"] = "none", "own.json: levels.raised.orRule: No rule has this id.");
        Refused(set => set["levels"]!["watch"]!["points"] = 6, "own.json: levels.high: Levels ascend in points.");
        Refused(set => set["levels"]!["watch"] = 3, "own.json: levels.watch: An object is needed.");
        var many = Enumerable.Range(0, 65).Select(i =>
        {
            var rule = Set()["rules"]![0]!.DeepClone();
            rule["id"] = $"rule{i}";
            return rule;
        }).ToArray();
        Refused(set => set["rules"] = new JsonArray(many), "own.json: rules: At most 64 rules.");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":\"1\",\"version\":\"2\"}")]
    public void Read_NotARuleSet_IsRefused(string json)
    {
        var errors = Assert.IsType<RuleSetLoad.Refused>(RuleSetReader.Read("own.json", Encoding.UTF8.GetBytes(json))).Errors;
        Assert.All(errors, e => Assert.Equal("own.json", e.File));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void Read_OtherThreshold_ChangesWhatFires()
    {
        var set = Set();
        set["rules"]![0]!["when"]![0]!["atLeast"] = 2;
        var rules = Assert.IsType<RuleSetLoad.Loaded>(Read(set)).RuleSet;
        Assert.Equal(["one"], Screenings.One("///CC").Screen("ada", rules: rules).RuleIds());
        Assert.Equal("own-1", Screenings.One("///CC").Screen("ada", rules: rules).RuleSetVersion);
        Assert.Empty(Screenings.One("////C").Screen("ada", rules: rules).RuleIds());
    }

    private static void Refused(Action<JsonObject> breakIt, string error)
    {
        var set = Set();
        breakIt(set);
        var refused = Assert.IsType<RuleSetLoad.Refused>(Read(set));
        Assert.Contains(refused.Errors, e => e.ToString().StartsWith(error, StringComparison.Ordinal));
    }

    private static RuleSetLoad Read(JsonObject set) => RuleSetReader.Read("own.json", Encoding.UTF8.GetBytes(set.ToJsonString()));

    private static JsonObject Set() => JsonNode.Parse("""
        {
          "version": "own-1", "title": "Own",
          "levels": { "watch": { "points": 3 }, "raised": { "points": 5, "twoFamilies": true }, "high": { "points": 8, "twoFamilies": true } },
          "rules": [ {
            "id": "one", "family": "absence", "title": "A run", "source": "Own", "points": 2, "evidence": "currentRunDays", "clearsWhen": "Attends.",
            "when": [ { "indicator": "currentRunDays", "atLeast": 3 } ]
          } ]
        }
        """)!.AsObject();
}
