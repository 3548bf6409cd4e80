using System.Text;
using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Tests.Feeds;

public sealed class BatchFileTests
{
    private static readonly SchoolYear Year = new(2026);

    [Fact]
    public void Read_WhatWasWritten_ComesBackInOrderByBatch()
    {
        var genRow = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 364], Gen.Byte[0, 3], Gen.Byte[0, 200], Gen.Int[1, 60], Gen.Int[0, 3]);
        genRow.Array[0, 3000].Sample(rows =>
        {
            using var file = new MemoryStream();
            var writer = new BatchFileWriter(file);
            for (var b = 0; b < 3; b++) writer.Open(SchoolId.Parse($"S{b}"), Year);
            for (var i = 0; i < rows.Length; i++)
            {
                var (batch, day, session, mark, idLength, section) = rows[i];
                writer.Add(batch, new AttendanceRow
                {
                    RowNumber = i,
                    StudentUniqueId = new string('é', idLength),
                    SchoolId = "",
                    Date = Year.FirstDay.AddDays(day),
                    Session = (SessionOfDay)session,
                    Mark = new Mark(mark),
                    Section = section == 0 ? "" : "Maths " + section,
                });
            }
            writer.Complete();
            Assert.Equal(3, BatchFileReader.Count(file));
            for (var number = 0; number < 3; number++)
            {
                var entry = BatchFileReader.ReadEntry(file, number);
                Assert.Equal(number, entry.Number);
                var expected = rows.Select((r, i) => (Row: r, Number: i)).Where(r => r.Row.Item1 == entry.Number).ToList();
                var at = 0;
                BatchFileReader.Read(file, entry, (in BatchRow row) =>
                {
                    var (source, number) = expected[at++];
                    Assert.Equal(
                        (number, source.Item2, (SessionOfDay)source.Item3, new Mark(source.Item4), new string('é', source.Item5), source.Item6 == 0 ? "" : "Maths " + source.Item6),
                        (row.RowNumber, row.DayOfYear, row.Session, row.Mark, Encoding.UTF8.GetString(row.StudentUniqueId), Encoding.UTF8.GetString(row.Section)));
                });
                Assert.Equal((expected.Count, (long)expected.Count), (at, entry.Rows));
                if (expected.Count > 0)
                    Assert.Equal((Year.FirstDay.AddDays(expected.Min(e => e.Row.Item2)), Year.FirstDay.AddDays(expected.Max(e => e.Row.Item2))), (entry.First, entry.Last));
            }
        }, iter: 60);
    }

    [Fact]
    public void Complete_ABatchWithoutRows_HasTheYearsFirstDay()
    {
        using var file = new MemoryStream();
        var writer = new BatchFileWriter(file);
        writer.Open(SchoolId.Parse("S"), Year);

        var entry = Assert.Single(writer.Complete());

        Assert.Equal((0L, Year.FirstDay, Year.FirstDay), (entry.Rows, entry.First, entry.Last));
    }
}
