using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Attendance.Ledger;

public sealed class RowCodecTests
{
    [Fact]
    public void BlockRow_RandomSlots_ComeBack()
    {
        var genSpan = Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 400], Gen.Bool, (start, length, open) =>
            new EnrollmentSpan(new DateOnly(2015, 1, 1).AddDays(start), open ? null : new DateOnly(2015, 1, 1).AddDays(start + length)));
        var genSlot = Gen.Select(Gen.Guid, genSpan.Array[0, 3], Gen.Bool, (id, spans, elsewhere) => new RegisterSlot(new StudentKey(id), spans, elsewhere));
        genSlot.Null().Array[0, 64].Sample(slots =>
        {
            var read = BlockRow.Read(BlockRow.Write(slots));
            for (var i = 0; i < 64; i++)
            {
                var expected = i < slots.Length ? slots[i] : null;
                Assert.Equal(expected?.Student, read[i]?.Student);
                Assert.Equal(expected?.ElsewhereToo, read[i]?.ElsewhereToo);
                Assert.Equal(expected?.Spans, read[i]?.Spans);
            }
        });
    }

    [Fact]
    public void DayTotalsRow_RandomCounts_ComeBack() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 100]).Array[LedgerPage.MaxColumns].Sample(cells =>
        {
            int[] possible = [.. cells.Select(c => c.Item1 * c.Item2)];
            int[] absent = [.. cells.Select(c => c.Item1 == 0 ? 0 : c.Item2 / 2)];
            var readPossible = new int[LedgerPage.MaxColumns];
            var readAbsent = new int[LedgerPage.MaxColumns];
            DayTotalsRow.Read(DayTotalsRow.Write(possible, absent), readPossible, readAbsent);
            Assert.Equal(possible, readPossible);
            for (var i = 0; i < possible.Length; i++) Assert.Equal(possible[i] == 0 ? 0 : absent[i], readAbsent[i]);
        });
}
