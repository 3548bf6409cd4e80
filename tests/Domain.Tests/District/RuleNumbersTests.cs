using System.Globalization;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.District;

public sealed class RuleNumbersTests
{
    private const string Share = "rules[0].when[0].atLeast";

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

    [Theory]
    [InlineData("\"absenceRateYearToDate\", \"atLeast\": 0.125", "12.5 %")]
    [InlineData("\"absenceRateYearToDate\", \"atLeast\": 1e-1", "10 %")]
    [InlineData("\"absenceRateYearToDate\", \"atMost\": 1.0", "100 %")]
    [InlineData("\"peerExcess\", \"atLeast\": 0.10", "10 %")]
    [InlineData("\"last45FirstDayBackChance\", \"atMost\": 0.0001", "0.01 %")]
    [InlineData("\"last20AbsenceRate\", \"atLeast\": 0.15, \"above\": \"previous60AbsenceRate\"", "15 %")]
    [InlineData("\"last20LateRate\", \"atLeast\": 2, \"times\": \"previous60LateRate\"", "2")]
    [InlineData("\"possibleDays\", \"atLeast\": 20", "20")]
    public void Written_OfAThreshold_IsPerCentForSharesOnly(string condition, string written) => Assert.Equal(written, First(JsonOf(condition)).Written);

    [Theory]
    [InlineData("15 %", "0.15")]
    [InlineData(" 15% ", "0.15")]
    [InlineData("0.15", "0.15")]
    [InlineData("12.34 %", "0.1234")]
    [InlineData("0 %", "0")]
    [InlineData("100 %", "1")]
    [InlineData("1", "1")]
    public void With_AShare_IsStoredAsItsPart(string typed, string stored) => Assert.Equal(
        Number(stored), Number(First(Encoding.UTF8.GetBytes(RuleNumbers.With(Json, "v2", new Dictionary<string, string> { [Share] = typed }))).Value));

    /// <summary>A forgotten sign would be a rule nobody ever meets; a comma another number than was meant.</summary>
    [Theory]
    [InlineData(Share, "15")]
    [InlineData(Share, "1.01")]
    [InlineData(Share, "100.01 %")]
    [InlineData(Share, "-101 %")]
    [InlineData(Share, "12,5 %")]
    [InlineData(Share, "0,125")]
    [InlineData(Share, "%")]
    [InlineData(Share, "15 %%")]
    [InlineData(Share, "12.345 %")]
    [InlineData("rules[0].when[1].atMost", "20 %")]
    [InlineData("rules[0].points", "1,5")]
    public void With_NoNumberOfItsKind_IsRefusedWhereItStands(string path, string typed)
    {
        var changed = RuleNumbers.With(Json, "v2", new Dictionary<string, string> { [path] = typed });
        var refused = Assert.IsType<RuleSetLoad.Refused>(RuleSetReader.Read("x", Encoding.UTF8.GetBytes(changed)));
        Assert.Equal(path["rules[0].".Length..], refused.Errors[0].Field);
    }

    [Fact]
    public void With_AnyShareAsItIsWritten_ReadsBackAsItself()
    {
        for (var share = 0m; share <= 1; share += 0.0001m)
        {
            var stored = First(Encoding.UTF8.GetBytes(RuleNumbers.With(Json, "v2", new Dictionary<string, string> { [Share] = share.ToString(CultureInfo.InvariantCulture) })));
            Assert.Equal(share, First(Json).Read(stored.Written));
        }
    }

    /// <summary>What the page sends back where nobody changed anything: 0.10, 1e-1 and a share beyond the whole stay as they stand.</summary>
    [Theory]
    [InlineData("0.10")]
    [InlineData("1e-1")]
    [InlineData("1.5")]
    public void With_AsWritten_LeavesTheNumbersTextAlone(string text)
    {
        foreach (var json in new[] { JsonOf($"\"absenceRateYearToDate\", \"atLeast\": {text}"), RuleSetReader.ShippedJson("starting-1.json") })
        {
            var numbers = RuleNumbers.Of(json);
            Assert.Equal(numbers, RuleNumbers.Of(Encoding.UTF8.GetBytes(RuleNumbers.With(json, "v2", numbers.ToDictionary(n => n.Path, n => n.Written)))));
        }
    }

    private static RuleNumber First(byte[] json) => RuleNumbers.Of(json)[0];

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static byte[] JsonOf(string condition) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Json).Replace("\"absenceRateYearToDate\", \"atLeast\": 0.10", condition, StringComparison.Ordinal));
}
