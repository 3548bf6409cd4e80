using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>The Ed-Fi sample district end to end, against a computation straight from its XML that shares no code.</summary>
public sealed class EdFiSampleTests
{
    private static readonly DateOnly AsOf = new(2022, 5, 27);
    private static readonly SchoolYear Year = SchoolYear.Containing(AsOf);

    [Fact]
    public async Task SampleDistrict_EveryPupilsExplanation_AgreesWithTheRawXml()
    {
        var data = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_CONFORMANCE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data), "SCHOOLSIGNAL_CONFORMANCE_DATA names no folder with the public samples.");
        var samples = Path.Combine(data!, "edfi", "samples");
        await using var app = new LocalApp(AsOf);
        async Task<FeedReport> Send(string file, FeedRequest request)
        {
            await using var content = File.OpenRead(Path.Combine(samples, file));
            return await app.SendAsync(content, request with { FileName = file });
        }

        var calendar = await Send("EducationOrgCalendar.xml", new FeedRequest(FeedContent.Calendar));
        Assert.Contains(calendar.Status.Warnings, w => w.Contains("189 school days", StringComparison.Ordinal));
        var report = await Send("StudentSchoolAttendance.xml", new FeedRequest(FeedContent.Attendance, WithoutRoster: true));
        Assert.Equal((FeedState.Complete, 1917L, 1L, 3L, 0L), (report.Status.State, report.Status.Rows, report.TwiceStated, report.OutsideCalendar, report.Refused));
        var sections = await Send("StudentSectionAttendance-Tardy.xml", new FeedRequest(FeedContent.Attendance, WithoutRoster: true));
        Assert.Equal((66L, 66L, 0L), (sections.Status.Rows, sections.SectionEvents, sections.Filled));

        var expected = EdFiRawXml.Indicators(samples, AsOf);
        foreach (var school in expected.Select(p => p.Key.School).Distinct())
            Assert.Equal(189, (await app.RegisterAsync(school, Year))!.Days.Count);
        foreach (var ((school, id), want) in expected)
        {
            var student = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(id), default))!.Value;
            var explanation = (await app.Get<ScreeningRuns>().ExplainAsync(student, AsOf, default))!;
            Assert.Equal(school, explanation.School.Value);
            var found = explanation.Indicators.ToDictionary(i => i.Name, i => i.Value);
            foreach (var (name, value) in want)
                Assert.True(
                    value is null == found[name] is null && Math.Abs((value ?? 0) - (found[name] ?? 0)) < 1e-9,
                    $"{name}: {found[name]} where the XML says {value}");
        }
        Assert.Equal(16, expected.First().Value.Count);
        Assert.Equal(36, expected.Count(p => p.Value["absenceRateYearToDate"] >= 0.1));
        Assert.Equal(4, expected.Single(p => p.Key.Student == "604822").Value["absentDays"]);
        // The sample says something of each of these, so that the comparison compares more than zeros.
        Assert.All(
            new[] { "spells", "firstDayBackAbsences", "last45AbsenceRate", "previous60AbsenceRate", "peerExcess", "unauthorisedDays", "lateCount" },
            name => Assert.Contains(expected.Values, v => v[name] > 0));
    }
}
