using System.Text.Json;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>What each command writes, field by field, and how it ends.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Screen_Json_HasEveryPupilWithExactlyTheseFields()
    {
        await SmallDistrict.ImportAsync(cli);
        var json = await JsonAsync("screen", "--json");
        AssertFields(json, "asOf", "ruleSetVersion", "students");
        Assert.Equal("2025-10-31", json.GetProperty("asOf").GetString());
        var students = json.GetProperty("students").EnumerateArray().ToList();
        Assert.Equal(["ada", "ben"], students.Select(s => s.GetProperty("studentUniqueId").GetString()));
        Assert.All(students, s => AssertFields(s, "studentUniqueId", "schoolId", "level", "notScreenedBecause", "triggers", "protective", "completeness"));
        Assert.Equal("None", students[0].GetProperty("level").GetString());
        Assert.Equal("High", students[1].GetProperty("level").GetString());
        AssertFields(students[1].GetProperty("triggers")[0], "ruleId", "observed", "threshold", "from", "to", "dates", "clearsWhen", "feeds");
    }

    [Fact]
    public async Task Screen_AsOfBeforeTheAbsences_FindsNothingAndKeepsNothing()
    {
        await SmallDistrict.ImportAsync(cli);
        var before = await cli.RunAsync("referrals", "--json");
        var json = await JsonAsync("screen", "--json", "--as-of", "2025-10-17");
        Assert.Equal("2025-10-17", json.GetProperty("asOf").GetString());
        Assert.All(json.GetProperty("students").EnumerateArray(), s => Assert.Equal("None", s.GetProperty("level").GetString()));
        Assert.Equal(before.Output, (await cli.RunAsync("referrals", "--json")).Output);
    }

    [Fact]
    public async Task Explain_Json_NamesTheFeedBehindEachFiredRule()
    {
        await SmallDistrict.ImportAsync(cli);
        var json = await JsonAsync("explain", "ben", "--json");
        AssertFields(json, "studentUniqueId", "asOf", "indicators", "rules", "schoolId", "notScreenedBecause");
        foreach (var indicator in json.GetProperty("indicators").EnumerateObject())
            AssertFields(indicator.Value, "value", "numerator", "denominator", "from", "to", "dates");
        Assert.Equal(10, json.GetProperty("indicators").GetProperty("absentDays").GetProperty("value").GetInt32());
        var rules = json.GetProperty("rules").EnumerateArray().ToDictionary(r => r.GetProperty("ruleId").GetString()!);
        Assert.All(rules.Values, r => AssertFields(r, "ruleId", "fired", "observed", "threshold", "why", "dates", "feeds"));
        var run = rules["absence.run"];
        Assert.True(run.GetProperty("fired").GetBoolean());
        var feed = Assert.Single(run.GetProperty("feeds").EnumerateArray());
        AssertFields(feed, "feedId", "dates");
        Assert.Equal(SmallDistrict.BensAbsences.Select(d => d.ToString("O", System.Globalization.CultureInfo.InvariantCulture)), feed.GetProperty("dates").EnumerateArray().Select(d => d.GetString()));
        Assert.Empty(rules["observed.withdrawing"].GetProperty("feeds").EnumerateArray());
        Assert.NotEmpty(rules["observed.withdrawing"].GetProperty("dates").EnumerateArray());
        Assert.Contains($"feed {feed.GetProperty("feedId").GetString()}:", (await cli.RunAsync("explain", "ben")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_DayCorrectedByASecondFeed_NamesBothFeeds()
    {
        await SmallDistrict.ImportAsync(cli);
        var correction = "date,schoolId,studentUniqueId,code\n2025-10-31,s1,ben,E\n";
        Assert.Equal(0, (await cli.RunAsync("import", "attendance", cli.File("second.csv", correction), "--profile", "us-daily", "--kind", "register")).Code);
        var json = await JsonAsync("explain", "ben", "--json");
        var run = json.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "absence.run");
        Assert.Equal([9, 1], run.GetProperty("feeds").EnumerateArray().Select(f => f.GetProperty("dates").GetArrayLength()));
        // What screening finds carries them too.
        var screened = (await JsonAsync("screen", "--json")).GetProperty("students").EnumerateArray().Single(s => s.GetProperty("studentUniqueId").GetString() == "ben");
        var trigger = screened.GetProperty("triggers").EnumerateArray().Single(t => t.GetProperty("ruleId").GetString() == "absence.run");
        Assert.Equal(
            run.GetProperty("feeds").EnumerateArray().Select(f => f.GetProperty("feedId").GetString()),
            trigger.GetProperty("feeds").EnumerateArray().Select(f => f.GetString()));
    }

    [Fact]
    public async Task Explain_NoLegalBasis_DescribesAndJudgesNothing()
    {
        await SmallDistrict.ImportAsync(cli, legalBasis: false);
        var json = await JsonAsync("explain", "ben", "--json");
        Assert.Equal("noLegalBasis", json.GetProperty("notScreenedBecause").GetString());
        Assert.Equal(10, json.GetProperty("indicators").GetProperty("absentDays").GetProperty("value").GetInt32());
        Assert.Empty(json.GetProperty("rules").EnumerateArray());
    }

    [Fact]
    public async Task Explain_OptedOut_WorksNothingOut()
    {
        await SmallDistrict.ImportAsync(cli, legalBasis: false);
        var json = await JsonAsync("explain", "ben", "--json", "--district-config", cli.File("out.json", """{ "optOuts": ["ben"] }"""));
        Assert.Equal("optedOut", json.GetProperty("notScreenedBecause").GetString());
        Assert.Empty(json.GetProperty("indicators").EnumerateObject());
    }

    [Fact]
    public async Task Indicators_Always_OneLineAPupilWithEveryName()
    {
        await SmallDistrict.ImportAsync(cli, legalBasis: false);
        var ended = await cli.RunAsync("indicators");
        Assert.Equal(0, ended.Code);
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        var names = Domain.Screening.IndicatorCatalogue.All.Select(i => i.Name).Prepend("studentUniqueId").ToArray();
        Assert.All(lines, line => AssertFields(line, names));
    }

    [Fact]
    public async Task Referrals_JsonAndText_SayWhoAndWhy()
    {
        await SmallDistrict.ImportAsync(cli);
        var listed = await JsonAsync("referrals", "--json", "--school", "s1");
        var one = Assert.Single(listed.EnumerateArray());
        Assert.Equal(("ben", "High"), (one.GetProperty("studentUniqueId").GetString(), one.GetProperty("level").GetString()));
        Assert.False(one.TryGetProperty("priority", out _));
        // Ben's days away came with the one attendance feed, his teacher's answers with none.
        var why = one.GetProperty("why").EnumerateArray().ToDictionary(w => w.GetProperty("ruleId").GetString()!, w => w.GetProperty("feeds"));
        Assert.True(FeedId.TryParse(Assert.Single(why["absence.run"].EnumerateArray()).GetString(), out _));
        Assert.Empty(why["observed.withdrawing"].EnumerateArray());
        Assert.Contains("Ben Quill", (await cli.RunAsync("referrals")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Referrals_SchoolNobodyKnows_Exits3()
    {
        await SmallDistrict.ImportAsync(cli);
        var ended = await cli.RunAsync("referrals", "--school", "s2");
        Assert.Equal(3, ended.Code);
        Assert.Contains("s2", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task Export_Pupil_HoldsEverything()
    {
        await SmallDistrict.ImportAsync(cli);
        var ben = await JsonAsync("export", "ben");
        AssertFields(ben, "studentUniqueId", "givenName", "familyName", "optedOut", "enrollments", "attendance", "observations", "safeguardingConcerns", "results", "referrals", "notifications", "disclosures", "changes");
        AssertFields(ben.GetProperty("disclosures")[0], "at", "by", "system", "roles", "action", "reason", "purpose", "schoolId", "reference", "through");
        var year = Assert.Single(ben.GetProperty("attendance").EnumerateArray());
        Assert.Equal(SmallDistrict.Days.Count, year.GetProperty("marks").GetArrayLength());
        AssertFields(year.GetProperty("marks")[0], "date", "session", "category", "reason", "feedId");
        Assert.Equal(10, year.GetProperty("marks").EnumerateArray().Count(m => m.GetProperty("category").GetString() == "absent"));
        Assert.Equal("sits by the door", ben.GetProperty("observations")[0].GetProperty("note").GetString());
        Assert.Equal("High", ben.GetProperty("results")[0].GetProperty("level").GetString());
        Assert.NotEqual(0, ben.GetProperty("referrals")[0].GetProperty("history").GetArrayLength());
        var ada = await JsonAsync("export", "ada");
        Assert.Equal("said something", ada.GetProperty("safeguardingConcerns")[0].GetProperty("note").GetString());
    }

    [Theory]
    [InlineData("explain nobody")]
    [InlineData("export nobody")]
    [InlineData("refused 202510-0123456789abcdef")]
    [InlineData("refused nonsense")]
    public async Task Run_IdNobodyKnows_Exits3AndSaysSo(string line)
    {
        await SmallDistrict.ImportAsync(cli);
        var ended = await cli.RunAsync(line.Split(' '));
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.Contains("of this district has that id", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("screen", 3, "legal basis")]
    [InlineData("indicators", 3, "Import a feed first")]
    [InlineData("explain ben", 3, "of this district has that id")]
    [InlineData("referrals", 0, "")]
    public async Task Run_EmptyDataFolder_SaysWhatToDo(string line, int code, string words)
    {
        var ended = await cli.RunAsync(line.Split(' '));
        Assert.Equal(code, ended.Code);
        Assert.Contains(words, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_SomeRowsRefused_Exits1AndRefusedGivesThem()
    {
        await SmallDistrict.ImportAsync(cli);
        var file = cli.File("late.csv", "date,schoolId,studentUniqueId,code\n2025-10-30,s1,ada,P\n2025-10-30,s1,ada,P\n2025-10-31,s1,zoe,P\nnever,s1,ada,P\n");
        var ended = await cli.RunAsync("import", "attendance", file, "--profile", "us-daily", "--kind", "register", "--json");
        Assert.Equal(1, ended.Code);
        var report = JsonDocument.Parse(ended.Output).RootElement;
        Assert.Equal((2, 1), (report.GetProperty("refused").GetInt32(), report.GetProperty("statedTwice").GetInt32()));
        var refused = await cli.RunAsync("refused", report.GetProperty("id").GetString()!);
        Assert.Equal(0, refused.Code);
        Assert.Contains("zoe", refused.Output, StringComparison.Ordinal);
        Assert.Contains("never", refused.Output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        var ended = await cli.RunAsync(args);
        Assert.True(ended.Code == 0, ended.Error);
        return JsonDocument.Parse(ended.Output).RootElement;
    }

    private static void AssertFields(JsonElement json, params string[] names) => Assert.Equal(names, json.EnumerateObject().Select(p => p.Name));
}
