using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.EdFi;
using SchoolSignal.Domain.Roster;

namespace SchoolSignal.Domain.Tests.Feeds.EdFi;

/// <summary>The Ed-Fi sample district and the JSON parsing corpus, where they are at hand.</summary>
public sealed class EdFiConformanceTests
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_CONFORMANCE_DATA");

    private static FileStream Open(params string[] path)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "SCHOOLSIGNAL_CONFORMANCE_DATA is not set");
        return File.OpenRead(Path.Combine([Folder!, .. path]));
    }

    [Fact]
    public void Read_SampleSchoolEvents_AreAllThere()
    {
        using var file = Open("edfi", "samples", "StudentSchoolAttendance.xml");
        var read = new AttendanceCollector();

        var outcome = Assert.IsType<ReadOutcome.Read>(read.Read(file));

        Assert.Equal((1917L, 1917, 0), (outcome.Rows, read.Rows.Count, read.Refused.Count));
        Assert.Equal(227, read.Rows.Select(r => r.Student).Distinct().Count());
        Assert.Equal(3, read.Rows.Count(r => r.Date.DayOfWeek == DayOfWeek.Sunday && r.Mark.Category == MarkCategory.Late));
        Assert.Contains(outcome.Concluded, c => c.StartsWith("67 events without EventDuration", StringComparison.Ordinal));
        Assert.Equal(4, read.Rows.Where(r => r.Student == "604822" && r.Mark.IsAbsent).Select(r => r.Date).Distinct().Count());
        Assert.Equal([MarkCategory.Partial, MarkCategory.Absent],
            read.Rows.Where(r => r.Student == "604822" && r.Date == new DateOnly(2021, 12, 15)).Select(r => r.Mark.Category).Order());
    }

    [Fact]
    public void Read_SampleSectionEvents_CarrySections()
    {
        using var file = Open("edfi", "samples", "StudentSectionAttendance-Tardy.xml");
        var read = new AttendanceCollector();

        read.Read(file);

        Assert.Equal(66, read.Rows.Count(r => r.Section.Length > 0 && r.Mark.Category == MarkCategory.Late));
    }

    [Fact]
    public void Decide_SampleCalendar_GivesTheWeekdaysOfTheSessions()
    {
        using var file = Open("edfi", "samples", "EducationOrgCalendar.xml");
        var import = new CalendarImport();
        Assert.IsType<ReadOutcome.Read>(EdFiCalendarReader.Read(file, import.Sink(_ => { }), TestContext.Current.CancellationToken));

        Assert.Equal(["255901001", "255901044", "255901107"], import.Calendars.Select(c => c.School!.Value.Value));
        foreach (var calendar in import.Calendars)
        {
            var days = InstructionalDays.Decide(calendar, new SchoolYear(2022), []);
            Assert.Equal((189, CalendarBasis.SessionWeekdays), (days.Days.Count, days.Basis));
            Assert.NotNull(days.Warning);
        }
    }

    [Fact]
    public void Read_SampleStudents_HaveNames()
    {
        using var file = Open("edfi", "samples", "Student.xml");
        List<RosterName> names = [];

        EdFiRosterReader.Read(file, new RosterSink(_ => { }, _ => { }) { Name = names.Add }, TestContext.Current.CancellationToken);

        Assert.Equal(960, names.Select(n => n.Student).Distinct().Count());
        Assert.Equal(("Lisa", "Woods"), names.Where(n => n.Student.Value == "604822").Select(n => (n.GivenName, n.FamilyName)).First());
    }

    [Fact]
    public void Read_JsonCorpus_RefusesTheInvalidAndSurvivesTheRest()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Folder), "SCHOOLSIGNAL_CONFORMANCE_DATA is not set");
        List<string> wrong = [];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Folder!, "json-parsing"), "*.json"))
        {
            var name = Path.GetFileName(path);
            using var file = File.OpenRead(path);
            var outcome = new AttendanceCollector().Read(file);
            if (name.StartsWith("n_", StringComparison.Ordinal) && outcome is not ReadOutcome.Refused) wrong.Add(name);
            if (name.StartsWith("y_", StringComparison.Ordinal) && outcome is ReadOutcome.Refused { Why: var why } && why.Contains("not valid", StringComparison.Ordinal)) wrong.Add(name);
        }
        Assert.Empty(wrong);
    }
}
