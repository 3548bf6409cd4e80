using System.Text.Json;
using SchoolSignal.Domain.Demo;

namespace SchoolSignal.Functions.Tests.Commands;

public sealed class DemoCommandTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Demo_NoServe_PutsEveryStoryWhereItBelongs()
    {
        var district = DemoDistrict.Create(new DemoOptions { Students = 600 });
        Assert.NotEmpty(district.Stories);
        var demo = await cli.RunAsync("demo", "--no-serve", "--students", "600");
        Assert.True(demo.Code == 0, demo.Error);
        var screened = await cli.RunAsync("screen", "--json", "--as-of", district.LastSchoolDay.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var levels = JsonDocument.Parse(screened.Output).RootElement.GetProperty("students").EnumerateArray()
            .ToDictionary(s => s.GetProperty("studentUniqueId").GetString()!, s => s.GetProperty("level").GetString());
        Assert.All(district.Stories, story => Assert.Equal(story.ExpectedLevel.ToString(), levels[story.Student.Value]));
    }

    [Fact]
    public async Task Demo_FolderOfSomethingElse_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(cli.Data);
        var file = Path.Combine(cli.Data, "mine.txt");
        await File.WriteAllTextAsync(file, "x");
        var ended = await cli.RunAsync("demo", "--no-serve", "--students", "10", "--days", "10");
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.Contains("--data", ended.Error, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(cli.Data));
    }
}
