using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;

namespace SchoolSignal.Domain.Tests.Attendance.Ledger;

public sealed class LedgerPageTests
{
    private static readonly Mark Absent = new(MarkCategory.Absent, MarkReason.Illness);

    [Fact]
    public void Merge_IntoNothing_KeepsMarkAndFeed()
    {
        var batch = new BatchPage();
        batch.Name(5, 63, Absent);
        var page = Merge([], batch, 7, out var tally);
        var reader = new LedgerPage.ColumnReader(page);
        Assert.True(reader.Read());
        Assert.Equal((5, Absent.Value, 7, 0), (reader.Index, reader.Marks[63], reader.FeedOf(63), reader.FeedOf(0)));
        Assert.False(reader.Read());
        Assert.Equal((1, 0, 0, 0), ((int)tally.Changed, (int)tally.Unchanged, (int)tally.Superseded, (int)tally.Filled));
    }

    [Fact]
    public void Merge_SameFeedAgain_ChangesNothing()
    {
        var batch = new BatchPage();
        batch.Name(0, 1, Absent);
        batch.Fill(0, 0b1101, Mark.Present);
        var page = Merge([], batch, 1, out _);
        Assert.Empty(Merge(page, batch, 1, out var tally));
        Assert.Equal((0, 0), ((int)tally.Changed, (int)tally.Unchanged));
    }

    [Fact]
    public void Merge_EarlierStatedFeed_Yields()
    {
        var later = new BatchPage();
        later.Name(0, 0, Absent);
        var page = Merge([], later, 2, out _);
        var earlier = new BatchPage();
        earlier.Name(0, 0, Mark.Present);
        earlier.Name(0, 1, Mark.Present);
        // Feed 2 was stated later than feed 1: it does not yield.
        var merged = Merge(page, earlier, 1, out var tally, yields: [false, true, false]);
        var reader = new LedgerPage.ColumnReader(merged);
        reader.Read();
        Assert.Equal((Absent.Value, 2, Mark.Present.Value, 1), (reader.Marks[0], reader.FeedOf(0), reader.Marks[1], reader.FeedOf(1)));
        Assert.Equal((1, 1), ((int)tally.Superseded, (int)tally.Changed));
    }

    [Fact]
    public void Name_TwiceInOneFeed_GreaterAbsenceHolds()
    {
        var batch = new BatchPage();
        Assert.True(batch.Name(3, 9, Mark.Present));
        Assert.False(batch.Name(3, 9, Absent));
        Assert.False(batch.Name(3, 9, new Mark(MarkCategory.Late)));
        Assert.Equal(Absent.Value, batch.Marks(3)[9]);
    }

    [Fact]
    public void Clear_AfterUse_LeavesNothingBehind()
    {
        var batch = new BatchPage();
        batch.Name(61, 0, Absent);
        batch.Clear();
        Assert.True(batch.IsEmpty);
        Assert.Equal(0UL, batch.Stated(61) | batch.Named(61));
    }

    /// <summary>Random feeds in random order of arrival against a plain dictionary that applies the rules one mark at a time.</summary>
    [Fact]
    public void Merge_RandomFeeds_AgreesWithPlainModel()
    {
        var genStatement = Gen.Select(Gen.Int[0, 61], Gen.Int[0, 63], Gen.Int[0, 6], Gen.Bool);
        var genFeed = Gen.Select(Gen.Int[0, 9], genStatement.Array[0, 40]);
        genFeed.Array[1, 8].Sample(feeds =>
        {
            var model = new Dictionary<(int Column, int Slot), (byte Mark, int Feed)>();
            var page = Array.Empty<byte>();
            for (var f = 0; f < feeds.Length; f++)
            {
                var (stated, statements) = feeds[f];
                var yields = new bool[feeds.Length + 1];
                for (var other = 0; other < f; other++) yields[other + 1] = (feeds[other].Item1, other).CompareTo((stated, f)) < 0;
                var batch = new BatchPage();
                foreach (var (column, slot, category, _) in statements.Where(s => s.Item4)) batch.Name(column, slot, new Mark((MarkCategory)category));
                foreach (var (column, slot, _, _) in statements.Where(s => !s.Item4)) batch.Fill(column, 1UL << slot, Mark.Present);

                foreach (var cell in statements.Select(s => (s.Item1, s.Item2)).Distinct())
                {
                    var named = statements.Where(s => s.Item4 && (s.Item1, s.Item2) == cell).Select(s => new Mark((MarkCategory)s.Item3)).ToList();
                    var mark = named.Count > 0 ? named.Aggregate(Mark.Greater) : Mark.Present;
                    if (!model.TryGetValue(cell, out var held) || yields[held.Feed]) model[cell] = (mark.Value, f + 1);
                }
                var merged = Merge(page, batch, (ushort)(f + 1), out _, yields);
                if (merged.Length > 0) page = merged;
            }

            var found = new Dictionary<(int, int), (byte, int)>();
            var reader = new LedgerPage.ColumnReader(page);
            while (reader.Read())
                for (var slot = 0; slot < LedgerPage.Width; slot++)
                    if (reader.FeedOf(slot) != 0) found[(reader.Index, slot)] = (reader.Marks[slot], reader.FeedOf(slot));
                    else Assert.Equal(0, reader.Marks[slot]);
            Assert.Equal(model.OrderBy(m => m.Key), found.OrderBy(m => m.Key));
        });
    }

    private static byte[] Merge(byte[] old, BatchPage batch, ushort ordinal, out MergeTally tally, bool[]? yields = null)
    {
        tally = new MergeTally();
        var buffer = new byte[LedgerPage.MaxSize];
        var size = LedgerPage.Merge(old, batch, ordinal, yields ?? [.. Enumerable.Repeat(true, ordinal + 1)], buffer, ref tally);
        return buffer[..size];
    }
}
