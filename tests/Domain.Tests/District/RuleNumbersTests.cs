using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.District;

public sealed class RuleNumbersTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("""
        {
          "version": "v1", "title": "Two rules",
          "levels": { "watch": { "points": 3 }, "raised": { "points": 5 }, "high": { "points": 8.5 } },
          "rules": [
            { "id": "a.one", "family": "absence", "title": "t", "source": "s", "points": 2, "evidence": "absentSessions", "clearsWhen": "c",
              "when": [ { "indicator": "absenceRateYearToDate", "atLeast": 0.10 }, { "indicator": "possibleDays", "atMost": 20 } ],
              "steps": [ { "atLeast": 0.50, "points": 6 } ] }
          ]
        }
        """);

    [Fact]
    public void Of_ARuleSet_NamesEveryThresholdAndPointsAsWritten() => Assert.Equal(
        [
            ("rules[0].when[0].atLeast", "a.one", "0.10"), ("rules[0].when[1].atMost", "a.one", "20"), ("rules[0].points", "a.one", "2"),
            ("rules[0].steps[0].atLeast", "a.one", "0.50"), ("rules[0].steps[0].points", "a.one", "6"),
            ("levels.watch.points", null, "3"), ("levels.raised.points", null, "5"), ("levels.high.points", null, "8.5"),
        ],
        RuleNumbers.Of(Json).Select(number => (number.Path, number.Rule, number.Value)));

    [Fact]
    public void With_NewNumbers_ChangesThoseAndTheVersionOnly()
    {
        var changed = RuleNumbers.With(Json, "v2", new Dictionary<string, string> { ["rules[0].when[0].atLeast"] = " 0.15 ", ["levels.high.points"] = "9", ["other"] = "1" });
        var loaded = Assert.IsType<RuleSetLoad.Loaded>(RuleSetReader.Read("x", Encoding.UTF8.GetBytes(changed))).RuleSet;
        Assert.Equal(("v2", 0.15m, 9m), (loaded.Version, loaded.Rules[0].When[0].Threshold, loaded.Levels.High.Points));
        var same = RuleNumbers.Of(Encoding.UTF8.GetBytes(changed)).Where(n => n.Path is not ("rules[0].when[0].atLeast" or "levels.high.points"));
        Assert.All(same, number => Assert.Contains(number, RuleNumbers.Of(Json)));
    }

    [Theory]
    [InlineData("rules[0].when[0].atLeast", "a tenth", "when[0].atLeast")]
    [InlineData("rules[0].when[0].atLeast", "", "when[0].atLeast")]
    [InlineData("rules[0].points", "2.25", "points")]
    [InlineData("rules[0].steps[0].atLeast", "0.1", "steps[0].atLeast")]
    [InlineData("levels.high.points", "1", "levels.high")]
    public void With_AnImpossibleNumber_IsRefusedWhereItStands(string path, string text, string field)
    {
        var changed = RuleNumbers.With(Json, "v2", new Dictionary<string, string> { [path] = text });
        var refused = Assert.IsType<RuleSetLoad.Refused>(RuleSetReader.Read("x", Encoding.UTF8.GetBytes(changed)));
        Assert.Contains(refused.Errors, error => error.Field == field);
    }

    [Fact]
    public void With_NothingChanged_ReadsAsTheShippedSet()
    {
        var json = RuleSetReader.ShippedJson("starting-1.json");
        var changed = RuleNumbers.With(json, "v2", RuleNumbers.Of(json).ToDictionary(n => n.Path, n => n.Value));
        var loaded = Assert.IsType<RuleSetLoad.Loaded>(RuleSetReader.Read("x", Encoding.UTF8.GetBytes(changed))).RuleSet;
        Assert.Equal(RuleSet.Starting.Rules.Select(rule => rule.Points), loaded.Rules.Select(rule => rule.Points));
        Assert.Equal(RuleSet.Starting.Levels, loaded.Levels);
    }
}
