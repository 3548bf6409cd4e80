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

    private const string Japanese = "日付,児童番号,学級,備考\n2024-09-05,1,東,休み\n2024-09-05,2,西,来た\n";

    [Theory]
    [InlineData(Japanese)]
    [InlineData("date,studentId,code,schoolId\n2024-09-05,1,P,北小学校\n")]
    [InlineData("date,studentId,code,name\n2024-09-05,1,P,タナカ ハナコ\n2024-09-05,2,A,\n")]
    public void Read_ShiftJisWithoutAProfile_IsRefusedAndNotReadAsNonsense(string text) =>
        Assert.Contains("Shift-JIS", CsvReading.Of(ShiftJis.Encoding.GetBytes(text)).Why, StringComparison.Ordinal);

    [Fact]
    public void Read_ShiftJisThroughAProfile_IsRead()
    {
        var profile = Assert.IsType<CsvProfileLoad.Loaded>(CsvProfile.Load(
            """
            { "id": "kita", "title": "Kita", "encoding": "shift-jis", "codeSet": "us-daily", "dateFormats": ["yyyy-MM-dd"],
              "columns": { "date": ["日付"], "student": ["児童番号"], "school": ["学級"], "code": ["備考"] } }
            """, "kita.json")).Profile;
        var reading = CsvReading.Of(
            ShiftJis.Encoding.GetBytes(Japanese.Replace("休み", "A", StringComparison.Ordinal).Replace("来た", "P", StringComparison.Ordinal)), new CsvReadOptions { Profile = profile });
        Assert.Equal(["東", "西"], reading.Rows.Select(row => row.School));
    }

    [Theory]
    [InlineData("O\u2019Brien,Ni\u00F1o,\u00C9cole \u00E9l\u00E9mentaire,\u00E9l\u00E8ve,fa\u00E7ade")]
    [InlineData("St\u2019s,\u201CQuoted\u201D,5 \u20AC")]
    [InlineData("Gro\u00DFe \u00DCbung,M\u00FCller,\u0160ko\u0161,\u0152uvre")]
    public void Read_WesternTextInWindows1252_IsNotTakenForShiftJis(string word)
    {
        var header = "date,studentId,code," + string.Join(',', word.Split(',').Select((_, i) => $"note{i}"));
        var reading = CsvReading.Of(CsvEncoding.Windows1252.GetBytes($"{header}\n2024-09-05,1,P,{word}\n2024-09-05,2,A,{word}\n"));
        Assert.Contains(reading.Read.Concluded, line => line.Contains("Windows-1252", StringComparison.Ordinal));
    }

    /// <summary>UTF-16 without its mark, in letters that leave no zero byte to tell it by.</summary>
    [Fact]
    public void Read_Utf16WithoutMarkAndWithoutLatinLetters_IsRefusedInWords()
    {
        var text = string.Concat(Enumerable.Repeat("日付，児童番号，学級，備考。", 20));
        Assert.NotEmpty(CsvReading.Of(Encoding.Unicode.GetBytes(text)).Why);
        Assert.NotEmpty(CsvReading.Of(Encoding.BigEndianUnicode.GetBytes(text)).Why);
    }

    [Fact]
    public void Read_Ebcdic_IsRefusedInWords() =>
        Assert.NotEmpty(CsvReading.Of(CodePagesEncodingProvider.Instance.GetEncoding(37)!.GetBytes(Text.Replace('É', 'E'))).Why);

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
