using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>The rule set and the code sets a district file names as files.</summary>
public sealed class DistrictConfigFilesTests : IDisposable
{
    private const string Codes = """{ "id": "ours", "source": "the district's handbook", "entries": { "QZ": { "mark": "absent", "reason": "illness" } } }""";

    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Run_RuleSetFile_IsStoredUnderItsVersionAndKept()
    {
        cli.File("our-rules.json", OurRules());
        var students = cli.File("students.csv", "studentUniqueId,schoolId,grade,enrolDate\ns1,North,7,2025-09-01\n");
        Assert.Equal(0, (await cli.RunAsync("import", "students", students, "--district-config", Config("our-rules.json"))).Code);
        var marks = cli.File("marks.csv", "date,schoolId,studentUniqueId,session,code\n2026-02-16,North,s1,AM,/\n2026-02-16,North,s1,PM,I\n");
        Assert.Equal(0, (await cli.RunAsync("import", "attendance", marks)).Code);
        var screened = await cli.RunAsync("screen", "--json");
        Assert.Contains("\"ruleSetVersion\":\"ours-1\"", screened.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);

        // The same file again is nothing new; other rules under its version are refused.
        Assert.Equal(0, (await cli.RunAsync("screen", "--district-config", Config("our-rules.json"))).Code);
        cli.File("our-rules.json", OurRules() + " ");
        var changed = await cli.RunAsync("screen", "--district-config", Config("our-rules.json"));
        Assert.Equal(3, changed.Code);
        Assert.Contains("our-rules.json: version: other rules are stored as ours-1", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RuleSetFileWithAFault_Exits3AndNamesFileRuleAndField()
    {
        cli.File("our-rules.json", OurRules().Replace("\"points\": 2", "\"points\": -2", StringComparison.Ordinal));
        var ended = await cli.RunAsync("screen", "--district-config", Config("our-rules.json"));
        Assert.Equal(3, ended.Code);
        Assert.Matches("our-rules.json: rule [a-z.A-Z]+: points: ", ended.Error);
    }

    [Theory]
    [InlineData("none.json", "district.json: thresholds.ruleSet: there is no file none.json")]
    [InlineData("ours-9", "district.json: thresholds.ruleSet: no rule set of that version")]
    public async Task Run_RuleSetThatIsNotThere_Exits3(string name, string sentence)
    {
        var ended = await cli.RunAsync("screen", "--district-config", Config(name));
        Assert.Equal(3, ended.Code);
        Assert.Contains(sentence, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CodeSetFile_ReadsTheDistrictsCodes()
    {
        cli.File("our-codes.json", Codes);
        var config = cli.File("district.json", """{ "codeSets": ["our-codes.json", "us-daily"] }""");
        cli.File("students.csv", "studentUniqueId,schoolId,grade,enrolDate\ns1,North,7,2025-09-01\n");
        Assert.Equal(0, (await cli.RunAsync("import", "students", Path.Combine(Path.GetDirectoryName(config)!, "students.csv"), "--district-config", config)).Code);
        var marks = cli.File("marks.csv", "date,schoolId,studentUniqueId,code\n2026-02-16,North,s1,QZ\n");
        var ended = await cli.RunAsync("import", "attendance", marks, "--json");
        Assert.Contains("\"unknownCodes\": {}", ended.Output, StringComparison.Ordinal);
        Assert.Contains("\"applied\": 1", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TwoCodeSetsFitAFile_TheOneInUseReadsIt()
    {
        cli.File("a.json", Codes);
        cli.File("b.json", Codes.Replace("\"absent\"", "\"late\"", StringComparison.Ordinal).Replace("\"ours\"", "\"theirs\"", StringComparison.Ordinal));
        var both = cli.File("both.json", """{ "codeSets": ["a.json", "b.json"] }""");
        var students = cli.File("students.csv", "studentUniqueId,schoolId,grade,enrolDate\ns1,North,7,2025-09-01\n");
        Assert.Equal(0, (await cli.RunAsync("import", "students", students, "--district-config", both)).Code);
        var marks = cli.File("marks.csv", "date,schoolId,studentUniqueId,code\n2026-02-16,North,s1,QZ\n");
        Assert.Equal(3, (await cli.RunAsync("import", "attendance", marks)).Code);

        var one = cli.File("one.json", """{ "codeSets": ["b.json"] }""");
        Assert.Equal(0, (await cli.RunAsync("import", "attendance", marks, "--district-config", one)).Code);
        Assert.Contains("\"late\"", (await cli.RunAsync("export", "s1")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("our-codes.json", "our-codes.json: entry 'QZ', mark")]
    [InlineData("nobodys", "district.json: codeSets[0]: no code set of that name")]
    [InlineData("none.json", "district.json: codeSets[0]: there is no file none.json")]
    public async Task Run_CodeSetWithAFault_Exits3AndNamesIt(string name, string sentence)
    {
        cli.File("our-codes.json", Codes.Replace("absent", "away", StringComparison.Ordinal));
        var ended = await cli.RunAsync("screen", "--district-config", cli.File("district.json", $$"""{ "codeSets": ["{{name}}"] }"""));
        Assert.Equal(3, ended.Code);
        Assert.Contains(sentence, ended.Error, StringComparison.Ordinal);
    }

    private string Config(string ruleSet) => cli.File(
        "district.json", $$"""{ "legalBasis": { "kind": "publicTask", "text": "a test" }, "thresholds": { "ruleSet": "{{ruleSet}}" } }""");

    /// <summary>The shipped rules under a version of the district's own.</summary>
    internal static string OurRules()
    {
        using var stream = typeof(RuleSet).Assembly.GetManifestResourceStream("rulesets/starting-1.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace($"\"{RuleSet.Starting.Version}\"", "\"ours-1\"", StringComparison.Ordinal);
    }
}
