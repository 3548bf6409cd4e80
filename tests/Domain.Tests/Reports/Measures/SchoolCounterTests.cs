using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;
using SchoolSignal.Domain.Tests.Screening;
using SchoolSignal.Domain.Tests.Screening.Oracle;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Reports.Measures;

/// <summary>Who counts in a report, and what: on cases made by hand, and against a plain count over random districts.</summary>
public sealed class SchoolCounterTests
{
    // 40 school days from Monday 1 September 2025: eight weeks; the last begins on 20 October.
    private static readonly DateOnly Monday = new(2025, 10, 20);
    private static readonly string Before = '/'.Times(35);

    [Fact]
    public void Count_LevelsOfAWeek_EveryPupilOnRollIsInOneOfThem()
    {
        var counts = Week(School()
            .Pupil("quiet", Before + "/////")
            .Pupil("away", '/'.Times(20) + 'O'.Times(20))
            .Pupil("ill", Before + "IIIII"));
        Assert.Equal((CountState.Counted, 3), (counts.State, counts.Screened));
        // Twenty of the last forty days missed is the severe end; a week's illness is a sign, and no level yet.
        Assert.Equal(counts.Levels, [1, 1, 0, 1]);
    }

    [Fact]
    public void Count_SignOfThisWeekAndOfTheWeekBefore_OnlyThisWeeksIsNew()
    {
        var counts = Week(School()
            // Five absent days in a row by this Friday, none of them before.
            .Pupil("new", Before + "OOOOO")
            // The run stood before the week began.
            .Pupil("old", '/'.Times(25) + 'O'.Times(15)));
        Assert.Equal(1, counts.NewSigns[(int)RuleFamily.Absence]);
        Assert.Equal([0, 0, 0], [.. counts.NewSigns.Skip(1)]);
    }

    [Fact]
    public void Count_FirstWeekOfTheYear_EverySignIsNew()
    {
        var register = new RegisterBuilder().Weekdays(Screenings.Start, 5).Pupil("ada", "OOOOO").Build();
        var counts = new SchoolCounter(RuleSet.Starting).Count(new SchoolToScreen(register.Baseline(), Screenings.Lawful), Screenings.Start);
        Assert.Equal(1, counts.NewSigns[(int)RuleFamily.Absence]);
    }

    [Fact]
    public void Count_PupilWhoOptedOut_CountsNowhere()
    {
        var built = School().Pupil("ada", Before + "/////").Pupil("out", '/'.Times(20) + 'O'.Times(20)).Build();
        var inputs = Screenings.Lawful with { OptedOut = new HashSet<StudentKey> { RegisterBuilder.KeyOf("out") } };
        var counts = new SchoolCounter(RuleSet.Starting).Count(new SchoolToScreen(built.Baseline(), inputs), Monday);
        Assert.Equal((1, 5, 1, 0), (counts.Screened, counts.Sessions.Attended.Sessions, counts.Sessions.Attended.Pupils, counts.Sessions.Absent.Sessions));
        Assert.Equal([1, 0, 0, 0], counts.Levels);
        Assert.Equal([0, 0, 0, 0], counts.NewSigns);
    }

    [Fact]
    public void Count_StaleOrPausedFeed_SaysSoAndCountsNothing()
    {
        var built = School().Pupil("ada", Before + "OOOOO").Build();
        foreach (var (rests, state) in new[] { (NotScreenedReason.StaleFeed, CountState.StaleFeed), (NotScreenedReason.FeedPaused, CountState.FeedPaused) })
        {
            var read = new SchoolToScreen(SchoolBaseline.Of(built.Register, built.LastDay, rests), Screenings.Lawful);
            var counts = new SchoolCounter(RuleSet.Starting).Count(read, Monday);
            Assert.Equal((state, 0, 0), (counts.State, counts.Screened, counts.Sessions.Attended.Sessions));
        }
    }

    [Fact]
    public void Count_SessionsOfAWeek_AreAttendedAbsentOrUnknown()
    {
        var sessions = Week(School()
            // Present, late, left early and part of the day attend; not required is no session; unknown is neither.
            .Pupil("ada", Before + "/LEP#")
            .Pupil("ben", Before + "IO/..")
            .Pupil("cid", Before + "OOOO/")).Sessions;
        Assert.Equal((6, 3, 2), (sessions.Attended.Sessions, sessions.Attended.Pupils, sessions.Unknown));
        Assert.Equal((6, 2), (sessions.Absent.Sessions, sessions.Absent.Pupils));
        Assert.Equal([4, 2], sessions.Absent.Largest);
        // Twelve of fourteen are known: 85.7, rounded down.
        Assert.Equal(85, sessions.KnownPercent);
    }

    [Fact]
    public void Count_RegisterNotTaken_IsUnknownForAll()
    {
        // Nobody of ten present: the register of the last day was not taken.
        var builder = School().Peers(0);
        for (var i = 0; i < 10; i++) builder.Pupil($"p{i}", Before + "////O");
        var sessions = Week(builder).Sessions;
        Assert.Equal((40, 0, 10), (sessions.Attended.Sessions, sessions.Absent.Sessions, sessions.Unknown));
    }

    [Fact]
    public void Count_PupilWhoMovedOnWednesday_CountsInTheNewSchoolAndEachSessionOnce()
    {
        var wednesday = Monday.AddDays(2);
        var old = School().School("a").Pupil("mo", Before + "OO///", true, new EnrollmentSpan(DateOnly.MinValue, wednesday)).Build();
        var next = School().School("b").Pupil("mo", Before + "///O/", true, new EnrollmentSpan(wednesday, null)).Build();
        var schools = new[] { old.Baseline(), next.Baseline() };
        var inputs = Screenings.Lawful with { Places = PupilPlaces.Of(schools) };
        var counter = new SchoolCounter(RuleSet.Starting);
        var (left, entered) = (counter.Count(new SchoolToScreen(schools[0], inputs), Monday), counter.Count(new SchoolToScreen(schools[1], inputs), Monday));
        // Wednesday is in both stays: the later entry answers for it.
        Assert.Equal((0, 0, 2), (left.Screened, left.Sessions.Attended.Sessions, left.Sessions.Absent.Sessions));
        Assert.Equal((1, 2, 1), (entered.Screened, entered.Sessions.Attended.Sessions, entered.Sessions.Absent.Sessions));
    }

    [Fact]
    public void Count_LastDayAtSchoolInTheWeek_IsNotScreenedAfterIt()
    {
        var thursday = Monday.AddDays(3);
        var counts = Week(School().Pupil("leaver", Before + "/////", false, new EnrollmentSpan(DateOnly.MinValue, thursday)));
        Assert.Equal((0, 4), (counts.Screened, counts.Sessions.Attended.Sessions));
        counts = Week(School().Pupil("stays", Before + "/////", false, new EnrollmentSpan(DateOnly.MinValue, thursday.AddDays(1))));
        Assert.Equal((1, 5), (counts.Screened, counts.Sessions.Attended.Sessions));
    }

    [Fact]
    public void Count_Term_SplitsTheLevelsByGradeBand()
    {
        var built = School().Pupil("ada", Before + "/////").Pupil("ben", Before + "/////").Pupil("cid", Before + "/////").Build();
        var bands = new Dictionary<StudentKey, GradeBand>
        {
            [RegisterBuilder.KeyOf("ada")] = GradeBand.Grades6To8,
            [RegisterBuilder.KeyOf("ben")] = GradeBand.FromGrade9,
        };
        var counts = new SchoolCounter(RuleSet.Starting).Count(new SchoolToScreen(built.Baseline(), Screenings.Lawful), Monday, bands);
        Assert.Equal([1, 0, 1, 1], counts.LevelsByBand.Select(band => band[(int)Level.None]));
    }

    [Fact]
    public void Count_RandomDistricts_AgreesWithAPlainCount()
    {
        var (schools, pupils, signs) = (0, 0, 0);
        Gen.Select(Gen.Int, Gen.Int[1, 12], Gen.Int[0, 5]).Sample(
            (seed, back, outs) =>
            {
                var district = new DistrictMaker(seed).Make();
                var first = district.AsOf.AddDays(-back);
                var optedOut = district.Pupils.Where((_, i) => outs == i).Select(p => p.Key).ToHashSet();
                var baselines = district.Registers().Select(r => SchoolBaseline.Of(r, district.AsOf)).ToList();
                var inputs = district.Inputs(baselines) with { OptedOut = optedOut };
                foreach (var baseline in baselines)
                {
                    var counts = new SchoolCounter(RuleSet.Starting).Count(new SchoolToScreen(baseline, inputs), first);
                    var expected = PlainCount.Of(district, baseline.Register.School, first, optedOut);
                    Assert.Equal(expected.Levels, counts.Levels);
                    Assert.Equal(expected.NewSigns, counts.NewSigns);
                    Assert.Equivalent(expected.Sessions, counts.Sessions, strict: true);
                    (schools, pupils, signs) = (schools + 1, pupils + counts.Screened, signs + counts.NewSigns.Sum());
                }
            },
            iter: Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 500 : 250, threads: 1);
        Assert.True(signs > 10);
        TestContext.Current.TestOutputHelper!.WriteLine($"{schools} schools, {pupils} pupils screened, {signs} new signs: the same by both counts.");
    }

    private static RegisterBuilder School() => new RegisterBuilder().Weekdays(Screenings.Start, 40);

    private static SchoolCounts Week(RegisterBuilder builder) =>
        new SchoolCounter(RuleSet.Starting).Count(new SchoolToScreen(builder.Build().Baseline(), Screenings.Lawful), Monday);
}
