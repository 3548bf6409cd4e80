namespace SchoolSignal.Functions.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("import", "Required command")]
    [InlineData("import attendance", "FILE")]
    [InlineData("import attendance no-such-file.csv", "no-such-file.csv")]
    [InlineData("import roster", "Name a file, or say --from graph")]
    [InlineData("import roster --from elsewhere", "graph")]
    [InlineData("screen --as-of yesterday", "--as-of takes a date")]
    [InlineData("screen --as-of 2026-02-30", "--as-of takes a date")]
    [InlineData("serve --port 70000", "--port takes a whole number from 0 to 65535")]
    [InlineData("demo --students 0", "--students takes a whole number from 1")]
    [InlineData("screen --district a/b", "--district takes")]
    [InlineData("explain", "STUDENT_UNIQUE_ID")]
    [InlineData("screen --district-config no-such-file.json", "no-such-file.json")]
    public async Task Run_WrongUsage_Exits2WithASentence(string line, string sentence)
    {
        var ended = await cli.RunAsync(line.Split(' '));
        Assert.Equal(2, ended.Code);
        Assert.Contains(sentence, ended.Error, StringComparison.Ordinal);
        Assert.Contains("--help", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
        Assert.False(Directory.Exists(cli.Data), "Wrong usage made a data folder.");
    }

    [Theory]
    [InlineData("2025-09-01")]
    [InlineData("2025-09-05..2025-09-01")]
    [InlineData("1.9.2025..5.9.2025")]
    public async Task Run_CoversThatIsNoSpan_Exits2(string covers)
    {
        var ended = await cli.RunAsync("import", "attendance", cli.File("a.csv", "x"), "--covers", covers);
        Assert.Equal(2, ended.Code);
        Assert.Contains("--covers takes the first and the last day", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RosterFromGraphWithoutSettings_Exits3AndSaysWhichToSet()
    {
        var ended = await cli.RunAsync("import", "roster", "--from", "graph");
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.Contains("Graph__Roster", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KindNobodyKnows_Exits2AndNamesTheKnown()
    {
        var ended = await cli.RunAsync("import", "attendance", cli.File("a.csv", "x"), "--kind", "guess");
        Assert.Equal(2, ended.Code);
        Assert.Contains("exceptions", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "demo")]
    [InlineData("import --help", "observations")]
    [InlineData("import attendance --help", "--without-roster")]
    [InlineData("explain --help", "STUDENT_UNIQUE_ID")]
    public async Task Run_Help_IsOnStdoutAndExits0(string line, string holds)
    {
        var ended = await cli.RunAsync(line.Split(' '));
        Assert.Equal(0, ended.Code);
        Assert.Contains(holds, ended.Output, StringComparison.Ordinal);
        Assert.Empty(ended.Error);
    }

    [Fact]
    public async Task Run_DistrictConfigWithAnError_Exits3AndNamesFileAndField()
    {
        var ended = await cli.RunAsync("screen", "--district-config", cli.File("district.json", """{"legalBasis":{"kind":"guess","text":"x"}}"""));
        Assert.Equal(3, ended.Code);
        Assert.Contains("district.json: legalBasis.kind", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task Run_DataFolderThatIsAFile_Exits3InWords()
    {
        await File.WriteAllTextAsync(cli.Data, "x");
        var ended = await cli.RunAsync("screen", "--district-config", cli.File("district.json", """{"firstMonth":8}"""));
        Assert.Equal(3, ended.Code);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
