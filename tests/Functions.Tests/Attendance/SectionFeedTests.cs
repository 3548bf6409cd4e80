using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>What feeds say of lessons, and how a later one takes it back: by the same kinds as the register.</summary>
public sealed class SectionFeedTests : IAsyncLifetime
{
    private const string Header = "date,schoolId,studentUniqueId,sectionId,code\n";

    private static readonly DateOnly Today = new(2026, 2, 13);
    private static readonly SchoolYear Year = SchoolYear.Containing(Today);
    private static readonly DateTimeOffset Noon = new(2026, 2, 13, 12, 0, 0, TimeSpan.Zero);

    private readonly LocalApp app = new(Today);

    public async ValueTask InitializeAsync()
    {
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns1,North,2025-09-01\ns2,North,2025-09-01\ns3,South,2025-09-01\n", Roster);
        await app.SendAsync("date,instructional\n" + string.Concat(Enumerable.Range(9, 5).Select(day => $"2026-02-{day:D2},true\n")), new FeedRequest(FeedContent.Calendar));
        // The schools' first registers say how they record their day.
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-11,North,s1,P\n2026-02-11,South,s3,P\n", Register);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData(FeedKind.Register, "s1 Art 9, s1 Art 10, s2 Art 10")]
    [InlineData(FeedKind.Exceptions, "s1 Art 10")]
    [InlineData(FeedKind.Snapshot, "s1 Art 10")]
    public async Task LaterFeed_ThatNoLongerNamesAnAbsence_TakesItBackByItsKind(FeedKind kind, string expected)
    {
        var request = new FeedRequest(FeedContent.Attendance, Kind: kind, Covers: Days("2026-02-09", "2026-02-12"));
        await app.SendAsync(Header + "2026-02-09,North,s1,Art,A\n2026-02-10,North,s1,Art,A\n2026-02-10,North,s2,Art,A\n", request);
        await app.SendAsync(Header + "2026-02-10,North,s1,Art,A\n", request);
        Assert.Equal(expected, await MissedAsync());
    }

    [Fact]
    public async Task LaterFeed_SpeaksForItsOwnDaysAndSchoolsOnly()
    {
        var request = Exceptions with { Covers = Days("2026-02-09", "2026-02-12") };
        await app.SendAsync(Header + "2026-02-09,North,s1,Art,A\n2026-02-10,North,s1,Art,A\n2026-02-10,South,s3,Art,A\n", request);
        await app.SendAsync(Header + "2026-02-10,North,s2,Art,A\n", Exceptions with { Covers = Days("2026-02-10", "2026-02-10") });
        Assert.Equal(("s1 Art 9, s2 Art 10", "s3 Art 10"), (await MissedAsync(), await MissedAsync("South")));
        // Said to be for both schools, it speaks for the one it does not name too; and for no register.
        var both = await app.SendAsync(Header + "2026-02-10,North,s2,Art,A\n", Exceptions with { Covers = Days("2026-02-10", "2026-02-10"), Schools = ["North", "South"] });
        Assert.Equal(("s1 Art 9, s2 Art 10", ""), (await MissedAsync(), await MissedAsync("South")));
        Assert.Equal(0L, both.Filled);
        Assert.Equal(Mark.Unknown, await app.MarkAsync("South", "s3", "2026-02-10"));
    }

    [Fact]
    public async Task OlderFeed_ComingLater_BringsNothingBack()
    {
        var request = Exceptions with { Covers = Days("2026-02-09", "2026-02-12") };
        await app.SendAsync(Header + "2026-02-10,North,s2,Art,A\n", request with { StatedAt = Noon });
        await app.SendAsync(Header + "2026-02-09,North,s1,Art,A\n2026-02-10,North,s2,Art,A\n2026-02-13,North,s1,Art,A\n", Register with { StatedAt = Noon.AddHours(-1) });
        Assert.Equal("s1 Art 13, s2 Art 10", await MissedAsync());
        await app.SendAsync(Header + "2026-02-09,North,s1,Art,A\n", Register with { StatedAt = Noon.AddHours(1) });
        Assert.Equal("s1 Art 9, s1 Art 13, s2 Art 10", await MissedAsync());
    }

    [Fact]
    public async Task RegisterFeed_SaysNothingOfSections()
    {
        await app.SendAsync(Header + "2026-02-10,North,s1,Art,A\n", Exceptions with { Covers = Days("2026-02-09", "2026-02-12") });
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s2,I\n", Exceptions with { Covers = Days("2026-02-09", "2026-02-12") });
        Assert.Equal("s1 Art 10", await MissedAsync());
    }

    [Fact]
    public async Task MissedPeriods_OfADayStatedAnew_AreGoneWithTheMarkTheyMade()
    {
        const string Periods = "date,schoolId,studentUniqueId,period,code\n";
        static string Day(string codes) => string.Concat(codes.Select((code, i) => $"2026-02-10,North,s1,{i + 1},{code}\n"));
        await app.SendAsync(Periods + Day("APPP"), Register);
        Assert.Equal("s1 P1 10", await MissedAsync());
        await app.SendAsync(Periods + Day("PAPP"), Register);
        Assert.Equal("s1 P2 10", await MissedAsync());
        await app.SendAsync(Periods + Day("PPPP"), Register);
        Assert.Equal("", await MissedAsync());
        // Stated before all of them, it says what is no longer so.
        await app.SendAsync(Periods + Day("PPAP"), Register with { StatedAt = Noon.AddDays(-2) });
        Assert.Equal("", await MissedAsync());
        // A whole-day mark takes the place of the lessons as well.
        await app.SendAsync(Periods + Day("PPPA"), Register);
        await app.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,North,s1,P\n", Register);
        Assert.Equal("", await MissedAsync());
    }

    /// <summary>The missed lessons of a school's register: pupil, section and day of February.</summary>
    private async Task<string> MissedAsync(string school = "North")
    {
        var roll = await app.Get<SchoolRolls>().LoadAsync(SchoolId.Parse(school), Year, default);
        var block = Assert.Single((await app.RegisterAsync(school, Year))!.Blocks);
        return string.Join(", ", block.SectionAbsences.Where(s => s.Mark.IsAbsent)
            .Select(s => $"{System.Text.Encoding.UTF8.GetString(roll.IdAt(s.Slot))} {s.Section} {s.Date.Day}").Order(Comparer<string>.Create(ByPupilThenDay)));
    }

    private static int ByPupilThenDay(string left, string right)
    {
        static (string, int) Key(string missed) => (missed[..2], int.Parse(missed.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
        return Key(left).CompareTo(Key(right));
    }
}
