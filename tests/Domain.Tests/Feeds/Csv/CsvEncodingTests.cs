using System.Text;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

public sealed class CsvEncodingTests
{
    private const string Text = "date,studentId,code,schoolId\n2024-09-05,1,P,École\n2024-09-05,2,A,École\n";

    [Theory]
    [InlineData("utf-8", true, "UTF-8 (byte-order mark)")]
    [InlineData("utf-8", false, "UTF-8.")]
    [InlineData("utf-16", true, "UTF-16, little")]
    [InlineData("utf-16", false, "UTF-16, little")]
    [InlineData("utf-16BE", true, "UTF-16, big")]
    [InlineData("utf-16BE", false, "UTF-16, big")]
    [InlineData("windows-1252", false, "Windows-1252")]
    public void Read_EveryEncoding_GivesTheSameRowsAndSaysWhich(string name, bool mark, string concluded)
    {
        var encoding = name == "windows-1252" ? CsvEncoding.Windows1252 : Encoding.GetEncoding(name);
        var reading = CsvReading.Of([.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(Text)]);
        Assert.Equal(["École", "École"], reading.Rows.Select(row => row.School));
        Assert.Contains(reading.Read.Concluded, line => line.Contains(concluded, StringComparison.Ordinal));
        Assert.Equal("date,studentId,code,schoolId", reading.Read.Header);
    }

    [Fact]
    public void Read_InvalidByteAmongUtf8_CostsOnlyTheRowThatNeedsIt()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("date,studentId,code,name\n2024-09-05,1,P,É\n2024-09-05,2,P,É\n2024-09-05,3"), 0xFF, .. ",P,\n2024-09-05,4,P,"u8, 0xC3, (byte)'\n', .. Encoding.UTF8.GetBytes("2024-09-05,5,P,É\n")];
        var reading = CsvReading.Of(bytes);
        Assert.Equal(["1", "2", "4", "5"], reading.Rows.Select(row => row.Student));
        Assert.Equal((RefusalReason.InvalidEncoding, "studentId", 4), (reading.Refused[0].Reason, reading.Refused[0].Field, reading.Refused[0].RowNumber));
    }

    [Fact]
    public void Read_CharacterCutByAChunk_IsWhole()
    {
        for (var pad = 0; pad < 4; pad++)
        {
            var text = "date,studentId,code,schoolId" + new string('x', pad) + "\n" + string.Concat(Enumerable.Repeat("2024-09-05,1,A,ÉÈ€😀\n", 20_000));
            var reading = CsvReading.Of(text.Replace("schoolId" + new string('x', pad), "school Id" + new string('.', pad), StringComparison.Ordinal));
            Assert.Equal(20_000, reading.Rows.Count);
            Assert.All(reading.Rows, row => Assert.Equal("ÉÈ€😀", row.School));
        }
    }

    public static TheoryData<byte[], string> NotCsv => new()
    {
        { [0x50, 0x4B, 3, 4, 20, 0], "Excel" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1], "Excel" },
        { [.. "%PDF-1.7"u8], "PDF" },
        { [0xFF, 0xFE, 0, 0, (byte)'d', 0, 0, 0], "UTF-32" },
        { [.. "date,stu\0dent,code\n"u8], "zero byte" },
        { [], "empty" },
        { [0xEF, 0xBB, 0xBF], "empty" },
    };

    [Theory]
    [MemberData(nameof(NotCsv))]
    public void Read_NotText_IsRefusedInPlainWords(byte[] bytes, string expected) =>
        Assert.Contains(expected, CsvReading.Of(bytes).Why, StringComparison.Ordinal);
}
