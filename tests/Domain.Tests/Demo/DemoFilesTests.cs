using System.Globalization;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Demo;

public sealed class DemoFilesTests
{
    internal static Dictionary<string, byte[]> Write(DemoOptions options)
    {
        var files = new Dictionary<string, MemoryStream>();
        DemoDistrict.Create(options).WriteTo(name => files[name] = new MemoryStream());
        return files.ToDictionary(file => file.Key, file => file.Value.ToArray());
    }

    private static string[] Lines(Dictionary<string, byte[]> files, string name) =>
        Encoding.UTF8.GetString(files[name]).TrimEnd('\n').Split('\n');

    [Fact]
    public void WriteTo_Mixed_WritesEveryFileWithItsColumns()
    {
        var files = Write(new DemoOptions { Students = 800 });
        Assert.Equal(
            ["attendance-england.csv", "attendance-us.csv", "calendar.csv", "district.json", "observations.jsonl", "staff.csv", "students.csv"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("date,schoolId,instructional,reason", Lines(files, DemoFiles.Calendar)[0]);
        Assert.Equal("2025-09-03,Ashgrove-Primary,true,", Lines(files, DemoFiles.Calendar)[1]);
        Assert.Equal("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName,classes", Lines(files, DemoFiles.Students)[0]);
        Assert.Equal("date,schoolId,studentUniqueId,session,code", Lines(files, "attendance-england.csv")[0]);
        Assert.StartsWith("2025-09-03,Ashgrove-Primary,1000001,AM,", Lines(files, "attendance-england.csv")[1], StringComparison.Ordinal);
        Assert.Equal("date,schoolId,studentUniqueId,code", Lines(files, "attendance-us.csv")[0]);
    }

    [Fact]
    public void WriteTo_CsvFiles_EveryRowHasItsColumns()
    {
        var files = Write(new DemoOptions { Students = 800 });
        foreach (var name in files.Keys.Where(name => name.EndsWith(".csv", StringComparison.Ordinal)))
        {
            var lines = Lines(files, name);
            var commas = lines[0].Count(c => c == ',');
            Assert.All(lines, line => Assert.Equal(commas, line.Count(c => c == ',')));
            Assert.DoesNotContain('"', string.Concat(lines));
        }
    }

    [Fact]
    public void WriteAttendance_Exceptions_NamesOnlyThoseNotPresent()
    {
        var exceptions = Lines(Write(new DemoOptions { Students = 800 }), "attendance-us.csv");
        Assert.DoesNotContain(exceptions, line => line.EndsWith(",P", StringComparison.Ordinal));
        var register = Lines(Write(new DemoOptions { Students = 800, UsFeed = FeedKind.Register }), "attendance-us.csv");
        Assert.Equal(exceptions[1..], register[1..].Where(line => !line.EndsWith(",P", StringComparison.Ordinal)));
    }

    [Fact]
    public void WriteAttendance_Benchmark_HasExactlyPupilsTimesDays()
    {
        var files = Write(DemoOptions.ForBenchmark(students: 500, days: 20, schools: 7));
        Assert.Equal(1 + 500 * 20, Lines(files, "attendance-us.csv").Length);
        Assert.Equal(1 + 500, Lines(files, DemoFiles.Students).Length);
    }

    [Fact]
    public void WriteStudents_EveryEnrollment_HasItsLine()
    {
        var district = DemoDistrict.Create(new DemoOptions { Students = 1600 });
        var lines = district.Enrollments().Select(e => string.Create(
            CultureInfo.InvariantCulture, $"{e.Student},{e.School},{e.Grade},{e.Entry:O},{e.Exit:O},{e.GivenName},{e.FamilyName},{e.Class}"));
        Assert.Equal(lines, Lines(Write(district.Options), DemoFiles.Students)[1..]);
    }

    [Fact]
    public void WriteObservations_EachLine_IsAFormOfThirteenItems()
    {
        foreach (var line in Lines(Write(new DemoOptions { Students = 800 }), DemoFiles.Observations))
        {
            using var form = JsonDocument.Parse(line);
            Assert.Equal(13, form.RootElement.GetProperty("items").EnumerateObject().Count());
            Assert.False(form.RootElement.GetProperty("safeguarding").GetBoolean());
        }
    }

    [Fact]
    public void WriteDistrictConfig_Demo_SaysItIsNobodyReal()
    {
        using var config = JsonDocument.Parse(Write(new DemoOptions { Students = 800 })[DemoFiles.DistrictConfig]);
        var basis = config.RootElement.GetProperty("legalBasis");
        Assert.Equal(("demonstration", "demonstration data, no real pupils"), (basis.GetProperty("kind").GetString(), basis.GetProperty("text").GetString()));
    }
}
