namespace SchoolSignal.Functions.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Theory]
    [InlineData("a.csv", "studentUniqueId,schoolId,grade,enrolDate\nada,s1,7,2025-09-01\nben,s2,7,2025-09-02\n", "import students", "enrolments            2", "2025-09-01 to 2025-09-02")]
    [InlineData("a.csv", "date,schoolId,instructional,reason\n2025-09-01,,true,\n2025-09-02,,false,wind\n", "import calendar", "days without school   1", "every school of the district")]
    [InlineData("a.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20251225\nSUMMARY:Holiday\nEND:VEVENT\nEND:VCALENDAR\n", "import calendar", "iCalendar", "2025-12-25")]
    [InlineData("a.jsonl", "{\"date\":\"2025-10-28\",\"studentUniqueId\":\"ben\",\"observer\":\"t\",\"items\":{\"1\":3}}\n{\"date\":\"never\",\"studentUniqueId\":\"ben\",\"observer\":\"t\",\"items\":{}}\n", "import observations", "forms                 1", "1 invalidDate")]
    [InlineData("staff.csv", "staffId,name,roles,schools,deputy\nt-1,Ms Green,Teacher;Counsellor,s1;s2,\nt-2,Mr Low,SafeguardingLead,s1,t-1\nt-3,,Wizard,s1,\n", "import staff", "staff                 2", "of them Counsellor    1", "with a deputy         1", "1 invalidValue")]
    [InlineData("a.csv", "date,schoolId,studentUniqueId,code\n2025-09-15,s1,ada,P\n2025-09-16,s1,ada,A\n", "import attendance", "register events       2", "to be said with --kind")]
    public async Task Inspect_OfEachFormat_SaysWhatItIs(string name, string content, params string[] says)
    {
        var ended = await cli.RunAsync("inspect", cli.File(name, content));
        Assert.True(ended.Code == 0, ended.Error);
        Assert.All(says, text => Assert.Contains(text, ended.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.csv", "")]
    [InlineData("a.json", "{}")]
    [InlineData("a.xml", "<a/>")]
    public async Task Inspect_NothingToRead_Exits3InWords(string name, string content)
    {
        var ended = await cli.RunAsync("inspect", cli.File(name, content));
        Assert.Equal((3, ""), (ended.Code, ended.Output));
        Assert.NotEmpty(ended.Error);
    }

    [Fact]
    public async Task Inspect_DistrictsOwnProfile_IsFoundByNameAndAsAFile()
    {
        const string Profile = """
            { "id": "kita", "title": "Kita office", "codeSet": "us-daily", "dateFormats": ["dd.MM.yyyy"], "kind": "exceptions",
              "columns": { "date": ["Tag"], "student": ["Kind"], "school": ["Haus"], "code": ["Zeichen"] } }
            """;
        var profile = cli.File("kita.json", Profile);
        var marks = cli.File("marks.csv", "Tag;Kind;Haus;Zeichen\n03.09.2025;ada;s1;A\n");
        var before = await cli.RunAsync("inspect", marks, "--profile", "kita");
        Assert.Equal(3, before.Code);
        // Looked through as a file, it is not kept.
        Assert.Contains("kita", (await cli.RunAsync("inspect", marks, "--profile", profile)).Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("inspect", marks, "--profile", "kita")).Code);

        await cli.RunAsync("import", "attendance", marks, "--profile", profile, "--without-roster");
        var after = await cli.RunAsync("inspect", marks, "--profile", "kita");
        Assert.True(after.Code == 0, after.Error);
        Assert.Contains($"{"profile",-22}kita", after.Output, StringComparison.Ordinal);
        Assert.Contains($"{"kind",-22}exceptions", after.Output, StringComparison.Ordinal);
        Assert.Contains("row 2: ada s1 2025-09-03 WholeDay Absent", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_ProfileNobodyKnows_NamesTheKnown()
    {
        var ended = await cli.RunAsync("inspect", cli.File("a.csv", SmallDistrict.Attendance()), "--profile", "nobody");
        Assert.Equal(3, ended.Code);
        Assert.Contains("us-daily", ended.Error, StringComparison.Ordinal);
    }
}
