using CsCheck;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Domain.Tests.Feeds.Csv;

public sealed class CsvWritingTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a;=1", "\"a;=1\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("", "")]
    public void Cell_Text_CannotBecomeAFormula(string text, string written)
    {
        using var writer = new StringWriter();
        var cells = new CsvCellWriter(writer);
        cells.Cell(text);
        cells.Cell(-2.5m);
        cells.EndRow();
        Assert.Equal(written + ",-2.5\r\n", writer.ToString());
    }

    [Fact]
    public void Write_RefusedRows_AreReadAfterTheSenderMendsThem()
    {
        var sent = "sep=;\ndate;studentId;code;note\n2024-13-05;1;A;\"a;b\"\n2024-09-05;2;A\n2024-09-05;3;\"A;\n2024-09-05;4;P;\n";
        var first = CsvReading.Of(sent);
        Assert.Equal(3, first.Refused.Count);
        using var writer = new StringWriter();
        new RefusedRowsCsv(writer, first.Read.Header, first.Read.Delimiter).Write(first.Refused);
        Assert.Equal(
            "refusedBecause;date;studentId;code;note\r\nInvalidDate: date;2024-13-05;1;A;\"a;b\"\r\nRaggedRow;2024-09-05;2;A\r\nUnterminatedQuote;2024-09-05;3;\"A;\r\n",
            writer.ToString());

        var again = CsvReading.Of(writer.ToString(), "us-daily");
        Assert.Equal(3, again.Refused.Count);
        var mended = writer.ToString().Replace("2024-13-05", "2024-12-05", StringComparison.Ordinal).Replace("2;A\r", "2;A;\r", StringComparison.Ordinal).Replace("\"A;\r", "A;\r", StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], CsvReading.Of(mended).Rows.Select(row => row.Student));
    }

    [Fact]
    public void Write_RowsThatWereNotCsv_StandInOneSafeCell()
    {
        using var writer = new StringWriter();
        new RefusedRowsCsv(writer, "", ',').Write(new RefusedRow(3, RefusalReason.InvalidDate, "EventDate", "=cmd|' /C calc'!A0"));
        Assert.Equal("refusedBecause,row,received\r\nInvalidDate: EventDate,3,\"'=cmd|' /C calc'!A0\"\r\n", writer.ToString());
    }

    [Fact]
    public void Write_AnyCells_ReadBackAlikeHereAndBySylvan()
    {
        var cell = Gen.String[Gen.Char["ab=\",;\t\r\n' é"], 0, 6];
        Gen.Select(cell.Array[3].Array[1, 8], Gen.Char[",;\t|"]).Sample((rows, delimiter) =>
        {
            using var writer = new StringWriter();
            var cells = new CsvCellWriter(writer, delimiter);
            foreach (var row in rows)
            {
                foreach (var text in row) cells.Cell(text);
                cells.EndRow();
            }
            var expected = rows.Select(row => row.Select(text => CsvCellWriter.BeginsLikeFormula(text) ? "'" + text : text).ToArray()).ToArray();
            using var stream = new MemoryStream(CsvEncoding.Utf8.GetBytes(writer.ToString()));
            var records = new CsvRecordReader(stream, CsvEncoding.Utf8, delimiter);
            foreach (var row in expected)
            {
                Assert.Equal(CsvStep.Record, records.Read());
                Assert.Equal(row, Enumerable.Range(0, records.FieldCount).Select(i => records[i].ToString()));
            }
            Assert.Equal(CsvStep.End, records.Read());

            // Sylvan reads a lone carriage return within quotes otherwise.
            if (writer.ToString().Replace("\r\n", "", StringComparison.Ordinal).Contains('\r', StringComparison.Ordinal)) return;
            using var sylvan = Sylvan.Data.Csv.CsvDataReader.Create(
                new StringReader(writer.ToString()), new Sylvan.Data.Csv.CsvDataReaderOptions { HasHeaders = false, Delimiter = delimiter });
            foreach (var row in expected)
            {
                Assert.True(sylvan.Read());
                var theirs = Enumerable.Range(0, sylvan.RowFieldCount).Select(sylvan.GetString).ToArray();
                Assert.True(row.SequenceEqual(theirs), $"SYLVAN {System.Text.Json.JsonSerializer.Serialize(theirs)} for {System.Text.Json.JsonSerializer.Serialize(writer.ToString())}");
            }
        }, iter: 2000);
    }

    [Fact]
    public void Read_AnyBytes_NeverThrowsAndCountsEveryRow()
    {
        string[] words = ["2024-09-05", "S1", "1", "DAY", "P", "A", ",", ",", ",", ",", "\n", "\r\n", "\"", "\"\"", "=\"A\"", "\0", "é", " ", "2024-09-05,S1,1,DAY,P\n"];
        var part = Gen.Int[0, words.Length - 1].Select(i => words[i]);
        Gen.Select(part.Array[0, 60], Gen.Byte.Array[0, 12], Gen.Bool).Sample((parts, noise, cut) =>
        {
            byte[] bytes = [.. "date,schoolId,studentUniqueId,session,code\n"u8, .. CsvEncoding.Utf8.GetBytes(string.Concat(parts)), .. noise];
            var reading = CsvReading.Of(cut ? bytes[(bytes.Length / 3)..] : bytes);
            if (reading.Outcome is ReadOutcome.Read read) Assert.Equal(read.Rows, reading.Rows.Count + reading.Refused.Count);
            var named = CsvReading.Of(bytes, new CsvReadOptions { Profile = CsvProfiles.Shipped.Find("us-daily") });
            if (named.Outcome is ReadOutcome.Read all) Assert.Equal(all.Rows, named.Rows.Count + named.Refused.Count);
        }, iter: 1000);
    }
}
