namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>Anybody's table through the command line: protected, re-checked, and refused in words.</summary>
public sealed class ReportsCommandTests : IDisposable
{
    private const string Library = """
        branch,age,visit,count
        =North,child,loan,40
        =North,child,none,7
        =North,adult,loan,120
        =North,adult,none,33
        South,child,loan,55
        South,child,none,21
        South,adult,loan,140
        South,adult,none,3
        West,child,loan,70
        West,child,none,24
        West,adult,loan,99
        West,adult,none,41
        West,Total,Total,234
        """;

    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Protect_SmallCells_HiddenAndProvedAndSafeForSpreadsheets()
    {
        var table = cli.File("library.csv", Library);
        var ended = await cli.RunAsync("reports", "protect", table, "--property", "visit");
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Contains($"{"hidden by the rule",-24}2", ended.Output, StringComparison.Ordinal);
        Assert.Contains("asked: 10", ended.Output, StringComparison.Ordinal);

        var shown = await File.ReadAllTextAsync(Path.ChangeExtension(table, ".protected.csv"));
        Assert.Contains("'=North,child,none,hidden\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("South,adult,none,hidden\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("Total,Total,Total,653\r\n", shown, StringComparison.Ordinal);
        var verified = await cli.RunAsync("reports", "verify", Path.ChangeExtension(table, ".release.json"));
        Assert.True(verified.Code == 0, verified.Output + verified.Error);
        Assert.Contains("The certificate holds", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AShownCountChanged_Exits3AndSaysWhat()
    {
        var table = cli.File("library.csv", Library);
        await cli.RunAsync("reports", "protect", table);
        var release = Path.ChangeExtension(table, ".release.json");
        await File.WriteAllTextAsync(release, (await File.ReadAllTextAsync(release)).Replace("653", "654", StringComparison.Ordinal));
        var verified = await cli.RunAsync("reports", "verify", release);
        Assert.Equal(3, verified.Code);
        Assert.Contains("DoesNotAdd", verified.Output, StringComparison.Ordinal);
        Assert.Contains("does not hold", verified.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protect_AfterAnEarlierRelease_CountsOnItAndVerifyFindsItBeside()
    {
        var first = cli.File("first.csv", "school,level,count\na,low,40\na,high,12\nb,low,30\nb,high,4\nc,low,25\nc,high,15\n");
        Assert.Equal(0, (await cli.RunAsync("reports", "protect", first, "--counts", "pupils")).Code);
        var second = cli.File("second.csv", "school,sex,count\na,f,22\na,m,30\nb,f,20\nb,m,14\nc,f,37\nc,m,3\n");
        var ended = await cli.RunAsync("reports", "protect", second, "--counts", "pupils", "--earlier", Path.ChangeExtension(first, ".release.json"));
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(0, (await cli.RunAsync("reports", "verify", Path.ChangeExtension(second, ".release.json"))).Code);
        File.Delete(Path.ChangeExtension(first, ".release.json"));
        var missing = await cli.RunAsync("reports", "verify", Path.ChangeExtension(second, ".release.json"));
        Assert.Equal(3, missing.Code);
        Assert.Contains("not here: first. Put", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Protect_WithHierarchy_BandsAreCellsToo()
    {
        var bands = cli.File("bands.csv", "dimension,code,parent\ngrade,1,lower\ngrade,2,lower\ngrade,3,upper\ngrade,4,upper\n");
        var table = cli.File("grades.csv", "grade,pupils\n1,14\n2,6\n3,50\n4,60\n");
        var ended = await cli.RunAsync("reports", "protect", table, "--hierarchy", bands, "--threshold", "8");
        Assert.True(ended.Code == 0, ended.Error);
        var shown = await File.ReadAllTextAsync(Path.ChangeExtension(table, ".protected.csv"));
        Assert.Contains("lower,20\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("1,hidden\r\n2,hidden\r\n", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("school,grade\na,7\n", "There is no column of counts: name it with --count")]
    [InlineData("school,count\na,7\nb,<10\n", "Row 3, count: \"<10\" is no whole number")]
    [InlineData("school,count\na,7\na,8\n", "Rows 2 and 3 count the same (a)")]
    [InlineData("school,count\na,7\nb,-8\n", "Row 3")]
    [InlineData("school,count\na,70\nb,80\nTotal,151\n", "Row 4: Total is 151, but its parts sum to 150")]
    [InlineData("school,count\na,\n", "Row 2, count: \"\" is no whole number")]
    [InlineData("count\n7\n", "at least one dimension")]
    [InlineData("school,count\n", "no rows")]
    public async Task Protect_TableThatCannotBeUsed_SaysWhereAndWhy(string content, string says)
    {
        var ended = await cli.RunAsync("reports", "protect", cli.File("bad.csv", content));
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.Contains(says, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NoReleaseFile_SaysSo()
    {
        var ended = await cli.RunAsync("reports", "verify", cli.File("x.json", "{\"a\":1}"));
        Assert.Equal(3, ended.Code);
        Assert.Contains("x.json: Not a protected release", ended.Error, StringComparison.Ordinal);
    }
}
