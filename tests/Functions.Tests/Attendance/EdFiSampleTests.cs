using System.Globalization;
using System.Xml.Linq;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>The Ed-Fi sample district end to end, against a computation straight from its XML that shares no code.</summary>
public sealed class EdFiSampleTests
{
    private static readonly DateOnly AsOf = new(2022, 5, 27);
    private static readonly SchoolYear Year = SchoolYear.Containing(AsOf);

    private static readonly string[] Compared =
        ["possibleSessions", "absentSessions", "absenceRateYearToDate", "absentDays", "unauthorisedDays", "lateCount", "partialDays", "longestRunDays", "currentRunDays", "last20AbsenceRate"];

    [Fact]
    public async Task SampleDistrict_EveryPupil_AgreesWithTheRawXml()
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

        var expected = FromXml(samples);
        var checkedPupils = 0;
        var atTenPercent = 0;
        foreach (var school in expected.Select(p => p.Key.School).Distinct())
        {
            Assert.Equal(189, (await app.RegisterAsync(school, Year))!.Days.Count);
            foreach (var (student, values) in await app.Get<ScreeningRuns>().IndicatorsAsync(SchoolId.Parse(school), Year, AsOf, default))
            {
                var id = (await app.Get<StudentDirectory>().IdentifyAsync(student, default))!.UniqueId.Value;
                // Pupils whom only the section file names have no day of the register to compare.
                if (!expected.TryGetValue((school, id), out var want)) continue;
                checkedPupils++;
                for (var i = 0; i < Compared.Length; i++)
                {
                    var at = IndicatorCatalogue.All.Select((d, index) => (d.Name, index)).Single(d => d.Name == Compared[i]).index;
                    Assert.True(
                        Math.Abs((want[i] ?? -1) - (values[at] ?? -1)) < 1e-9,
                        $"{Compared[i]}: {values[at]} where the XML says {want[i]}");
                }
                if (want[2] >= 0.1) atTenPercent++;
                if (id == "604822") Assert.Equal(4, want[3]);
            }
        }
        Assert.Equal((expected.Count, 36), (checkedPupils, atTenPercent));
    }

    /// <summary>By school and pupil, the values of <see cref="Compared"/>.</summary>
    private static Dictionary<(string School, string Student), double?[]> FromXml(string samples)
    {
        static string Of(XElement element, string name) => element.Descendants().First(d => d.Name.LocalName == name).Value;
        static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

        var sessions = XDocument.Load(Path.Combine(samples, "EducationOrgCalendar.xml")).Root!.Elements()
            .Where(e => e.Name.LocalName == "Session")
            .Select(e => (School: Of(e, "SchoolId"), Begin: Day(Of(e, "BeginDate")), End: Day(Of(e, "EndDate")))).ToList();
        var events = XDocument.Load(Path.Combine(samples, "StudentSchoolAttendance.xml")).Root!.Elements()
            .Select(e => (School: Of(e, "SchoolId"), Student: Of(e, "StudentUniqueId"), Date: Day(Of(e, "EventDate")), Code: Of(e, "AttendanceEventCategory").Split('#')[1])).ToList();
        var (first, last) = (events.Min(e => e.Date), events.Max(e => e.Date));

        return events.GroupBy(e => (e.School, e.Student)).ToDictionary(g => g.Key, pupil =>
        {
            var days = new List<DateOnly>();
            for (var date = first; date <= last && date <= AsOf; date = date.AddDays(1))
                if (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && sessions.Any(s => s.School == pupil.Key.School && date >= s.Begin && date <= s.End)) days.Add(date);
            var codes = days.ConvertAll(d => pupil.Where(e => e.Date == d).Select(e => e.Code).OrderByDescending(c => c.EndsWith("Absence", StringComparison.Ordinal)).ThenByDescending(c => c[0] == 'U').FirstOrDefault());
            bool Absent(string? code) => code?.EndsWith("Absence", StringComparison.Ordinal) == true;
            var (longest, run) = (0, 0);
            foreach (var code in codes) longest = Math.Max(longest, run = Absent(code) ? run + 1 : 0);
            double absent = codes.Count(Absent);
            var last20 = codes.TakeLast(20).ToList();
            return new double?[]
            {
                codes.Count, absent, absent / codes.Count, absent, codes.Count(c => c == "Unexcused Absence"), codes.Count(c => c == "Tardy"),
                codes.Count(c => c == "Partial"), longest, run, (double)last20.Count(Absent) / last20.Count,
            };
        });
    }
}
