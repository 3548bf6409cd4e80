using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Tests.Feeds.Archives;

namespace SchoolSignal.Domain.Tests.Feeds;

public sealed class FileFormatTests
{
    [Theory]
    [InlineData("", FileFormat.Empty)]
    [InlineData("studentUniqueId,date,code\n1,2025-09-01,A\n", FileFormat.Csv)]
    [InlineData("studentUniqueId,schoolId,givenName\n", FileFormat.StudentsCsv)]
    [InlineData("date,schoolId,instructional\n", FileFormat.CalendarCsv)]
    [InlineData("<?xml version=\"1.0\"?><X><StudentSchoolAttendanceEvent>", FileFormat.Xml)]
    [InlineData("<?xml version=\"1.0\"?><X><StudentSchoolAttendanceEvent/>", FileFormat.EdFiAttendanceXml)]
    [InlineData("\uFEFF<X><Other/><Session/></X>", FileFormat.EdFiCalendarXml)]
    [InlineData("<X><StudentSchoolAssociation/></X>", FileFormat.EdFiRosterXml)]
    [InlineData("<X><Student/></X>", FileFormat.EdFiRosterXml)]
    [InlineData("<html><body/></html>", FileFormat.Xml)]
    [InlineData("<!DOCTYPE html><html/>", FileFormat.Xml)]
    [InlineData(" [{\"eventDate\":\"2025-09-01\"}, {\"cut", FileFormat.EdFiAttendanceJson)]
    [InlineData("{\"value\":[{\"sessionName\":\"a\",\"beginDate\":\"2025-09-01\"}]}", FileFormat.EdFiCalendarJson)]
    [InlineData("[{\"entryDate\":\"2025-09-01\"}]", FileFormat.EdFiRosterJson)]
    [InlineData("{\"date\":\"2025-09-01\",\"observer\":\"x\",\"items\":{\"1\":2}}\n", FileFormat.ObservationLines)]
    [InlineData("[1,2]", FileFormat.Json)]
    [InlineData("BEGIN:VCALENDAR\r\n", FileFormat.ICalendar)]
    [InlineData("PK\u0003\u0004 cut", FileFormat.Zip)]
    public void Detect_Content_Decides(string text, FileFormat expected)
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected, FileFormats.Detect(stream, null));
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public void Detect_Zip_LooksInside()
    {
        Assert.Equal(FileFormat.OneRosterZip, FileFormats.Detect(SafeArchiveTests.Zip(("x/manifest.csv", "a")), "a.zip"));
        Assert.Equal(FileFormat.Zip, FileFormats.Detect(SafeArchiveTests.Zip(("x.txt", "a")), "a.zip"));
        Assert.Equal(FileFormat.Zip, FileFormats.Detect(SafeArchiveTests.Zip(("../manifest.csv", "a")), "a.zip"));
    }

    [Fact]
    public void Detect_Binary_IsUnknown() => Assert.Equal(FileFormat.Unknown, FileFormats.Detect(new MemoryStream(new byte[1000]), "a.csv"));

    [Fact]
    public void Detect_Utf16Json_IsRead() =>
        Assert.Equal(FileFormat.EdFiAttendanceJson,
            FileFormats.Detect(new MemoryStream([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("[{\"eventDate\":\"2025-09-01\"}]")]), null));
}
