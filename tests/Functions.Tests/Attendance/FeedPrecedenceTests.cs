using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.Feeds;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>Which of several feeds holds: stated time, then arrival; on one session of one feed the greater absence.</summary>
public sealed class FeedPrecedenceTests : IAsyncLifetime
{
    private const string Header = "date,schoolId,studentUniqueId,code\n";
    private const string RightFile = Header + "2026-02-09,North,s1,I\n";
    private const string WrongFile = Header + "2026-02-09,North,s1,P\n";

    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly DateTimeOffset Noon = new(2026, 2, 9, 12, 0, 0, TimeSpan.Zero);
    private static readonly Mark Ill = new(MarkCategory.Absent, MarkReason.Illness);

    private readonly LocalApp app = new(Today);

    public async ValueTask InitializeAsync() =>
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns1,North,2025-09-01\ns2,North,2025-09-01\n", Roster);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task EarlierStatedFeed_ArrivingLater_Yields()
    {
        await app.SendAsync(RightFile, Register with { StatedAt = Noon.AddHours(1) });
        var report = await app.SendAsync(WrongFile, Register with { StatedAt = Noon });
        Assert.Equal((1L, 0L), (report.Superseded, report.Changed));
        Assert.Equal(Ill, await app.MarkAsync("North", "s1", "2026-02-09"));
    }

    [Fact]
    public async Task EarlierStatedRegister_AfterASnapshotThatLeftThePupilOut_Yields()
    {
        await app.SendAsync(Header + "2026-02-09,North,s2,P\n", Snapshot with { StatedAt = Noon.AddHours(1), Covers = Days("2026-02-09", "2026-02-09") });
        await app.SendAsync(RightFile, Register with { StatedAt = Noon });
        Assert.Equal(Mark.Unknown, await app.MarkAsync("North", "s1", "2026-02-09"));
    }

    [Theory]
    [InlineData("P", "I")]
    [InlineData("I", "P")]
    public async Task SameSessionTwiceInOneFeed_GreaterAbsenceHolds(string first, string second)
    {
        var report = await app.SendAsync(Header + $"2026-02-09,North,s1,{first}\n2026-02-09,North,s1,{second}\n", Register);
        Assert.Equal((1L, 1L), (report.TwiceStated, report.Changed));
        Assert.Equal(Ill, await app.MarkAsync("North", "s1", "2026-02-09"));
    }

    [Fact]
    public async Task RightThenWrongThenRightAgain_MeansRight()
    {
        await app.SendAsync(RightFile, Register with { StatedAt = Noon });
        await app.SendAsync(WrongFile, Register with { StatedAt = Noon.AddHours(1) });
        Assert.Equal(Mark.Present, await app.MarkAsync("North", "s1", "2026-02-09"));
        var again = await app.SendAsync(RightFile, Register with { StatedAt = Noon });
        Assert.Equal(FeedState.Complete, again.Status.State);
        Assert.Equal(Ill, await app.MarkAsync("North", "s1", "2026-02-09"));
    }

    [Fact]
    public async Task PlainRepeat_WithNothingInBetween_IsSkipped()
    {
        var first = await app.SendAsync(RightFile, Register);
        var again = await app.SendAsync(RightFile, Register);
        Assert.Equal((FeedState.Repeated, first.Status.Id), (again.Status.State, again.Status.RepeatOf));
        // Another coverage is another statement.
        Assert.Equal(FeedState.Complete, (await app.SendAsync(RightFile, Register with { Covers = Days("2026-02-09", "2026-02-10") })).Status.State);
    }

    [Fact]
    public async Task SameFile_AfterTheRosterWasMended_IsApplied()
    {
        const string File = Header + "2026-02-09,North,s1,I\n2026-02-09,North,s7,I\n";
        var first = await app.SendAsync(File, Register);
        Assert.Equal((1L, 1L), (first.Changed, first.UnknownStudents));
        var refused = await app.RefusedCsvAsync(first);
        Assert.Contains("2026-02-09,North,s7,I", refused, StringComparison.Ordinal);

        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns7,North,2025-09-01\n", Roster);
        var again = await app.SendAsync(File, Register);
        Assert.Equal((FeedState.Complete, 1L, 1L, 0L), (again.Status.State, again.Changed, again.Unchanged, again.Refused));
        Assert.Equal(Ill, await app.MarkAsync("North", "s7", "2026-02-09"));
    }

    [Fact]
    public async Task FeedsAtOnce_OnTheSamePages_LoseNoMark()
    {
        var days = Enumerable.Range(0, 12).Select(i => new DateOnly(2026, 1, 5).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        foreach (var day in days)
            foreach (var student in new[] { "s1", "s2" })
            {
                using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Header + $"{day:yyyy-MM-dd},North,{student},I\n"));
                await app.Get<FeedIntake>().ReceiveAsync(file, Register, long.MaxValue, null, default);
            }
        await app.WorkAsync();
        Assert.Equal(days.Count * 2, (await app.MarksAsync("North", Year)).Count);
    }

    /// <summary>Any sequence of feeds of any kind against a plain dictionary that applies the rules one mark at a time.</summary>
    [Fact]
    public async Task RandomFeeds_OfAnyKind_EqualAPlainModel()
    {
        DateOnly[] week = [new(2026, 1, 5), new(2026, 1, 6), new(2026, 1, 7), new(2026, 1, 8), new(2026, 1, 9)];
        string[] codes = ["/", "I", "L"];
        var genRow = Gen.Select(Gen.Int[0, 4], Gen.Int[1, 3], Gen.Int[0, 2]);
        var genFeed = Gen.Select(Gen.Enum<FeedKind>(), Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[0, 4], genRow.Array[1, 6]);
        await genFeed.Array[1, 7].SampleAsync(
            async feeds =>
            {
                await using var fresh = new LocalApp(Today);
                await fresh.SendAsync("studentUniqueId,schoolId,enrolDate\nx1,North,2025-09-01\nx2,North,2025-09-01\nx3,North,2026-01-07\n", Roster);
                // Every day is covered from the start, so that the days the ledger shows do not depend on the feeds.
                await fresh.SendAsync(Header + "2026-01-05,North,x1,/\n", Register with { StatedAt = Noon.AddDays(-9), Covers = Days("2026-01-05", "2026-01-09") });
                var model = new Dictionary<(string Student, DateOnly Date), (Mark Mark, int Stated)> { [("x1", week[0])] = (Mark.Present, -1) };

                foreach (var (kind, stated, a, b, rows) in feeds)
                {
                    var (from, to) = (week[Math.Min(a, b)], week[Math.Max(a, b)]);
                    var said = rows.Select(r => (Date: week[r.Item1], Student: $"x{r.Item2}", Code: codes[r.Item3])).ToList();
                    // A comment column keeps two feeds from being the same bytes: repeats are another test's matter.
                    var text = "date,schoolId,studentUniqueId,code,comment\n" + string.Concat(said.Select(r => $"{r.Date:yyyy-MM-dd},North,{r.Student},{r.Code},{Guid.NewGuid()}\n"));
                    var report = await fresh.SendAsync(text, new FeedRequest(FeedContent.Attendance, Kind: kind, Covers: new Coverage(from, to), StatedAt: Noon.AddMinutes(stated)));
                    Assert.Equal(FeedState.Complete, report.Status.State);

                    var statement = said.GroupBy(r => (r.Student, r.Date)).ToDictionary(g => g.Key, g => g.Select(r => MarkOf(r.Code)).Aggregate(Mark.Greater));
                    foreach (var date in week.Where(d => kind != FeedKind.Register && d >= from && d <= to))
                        foreach (var student in new[] { "x1", "x2", "x3" }.Where(s => s != "x3" || date >= new DateOnly(2026, 1, 7)))
                            statement.TryAdd((student, date), kind == FeedKind.Exceptions ? Mark.Present : Mark.Unknown);
                    foreach (var (cell, mark) in statement)
                        if (!model.TryGetValue(cell, out var held) || held.Stated <= stated) model[cell] = (mark, stated);
                }

                var found = await fresh.MarksAsync("North", Year);
                Assert.Equal(
                    model.Where(m => m.Value.Mark != Mark.Unknown).Select(m => (m.Key.Student, m.Key.Date, m.Value.Mark)).Order(Comparer<(string, DateOnly, Mark)>.Create((l, r) => (l.Item1, l.Item2).CompareTo((r.Item1, r.Item2)))),
                    found.Select(m => (m.Key.Student, m.Key.Date, m.Value)).Order(Comparer<(string, DateOnly, Mark)>.Create((l, r) => (l.Item1, l.Item2).CompareTo((r.Item1, r.Item2)))));
            },
            iter: 12, threads: 1);
    }

    private static Mark MarkOf(string code) => code switch
    {
        "/" => Mark.Present,
        "I" => Ill,
        _ => new Mark(MarkCategory.Late),
    };
}
