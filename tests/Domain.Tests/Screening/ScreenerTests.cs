using System.Numerics;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class ScreenerTests
{
    [Fact]
    public void ScreenBlock_QuietPupils_AllocateNothing()
    {
        var builder = new RegisterBuilder().AmPm().Weekdays(Screenings.Start, 190);
        for (var i = 0; i < 63; i++) builder.Pupil($"p{i}", new string('/', 370) + "C/LE///CC//");
        // A pupil who came back takes the other path.
        builder.Pupil("back", new string('/', 380), elsewhereToo: false,
            [new EnrollmentSpan(Screenings.Start, Screenings.Start.AddDays(60)), new EnrollmentSpan(Screenings.Start.AddDays(90), null)]);
        var built = builder.Build();
        var school = built.Baseline();
        var screener = new Screener(RuleSet.Starting);
        var outcomes = new PupilOutcome[RegisterBlock.Width];
        screener.ScreenBlock(school, built.Register.Blocks[0], Screenings.Lawful, outcomes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        screener.ScreenBlock(school, built.Register.Blocks[0], Screenings.Lawful, outcomes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(outcomes, o => Assert.Equal((PlaceKind.OnRoll, false), (o.Kind, o.HasTrigger)));
    }

    [Fact]
    public void ScreenBlock_NoLegalBasis_ScreensNobody()
    {
        var result = Screenings.One('C'.Times(40)).Screen("ada", new ScreeningInputs(HasLegalBasis: false));
        Assert.Equal((Level.None, NotScreenedReason.NoLegalBasis), (result.Level, result.NotScreenedBecause));
        Assert.Empty(result.Triggers);
    }

    [Fact]
    public void Screen_OptedOut_ComputesNothing()
    {
        var inputs = Screenings.Lawful with { OptedOut = new HashSet<StudentKey> { RegisterBuilder.KeyOf("ada") } };
        var built = Screenings.One('C'.Times(40));
        Assert.Equal(NotScreenedReason.OptedOut, built.Screen("ada", inputs).NotScreenedBecause);
        Assert.Empty(built.Explain("ada", inputs).Indicators);
    }

    [Theory]
    [InlineData(NotScreenedReason.StaleFeed)]
    [InlineData(NotScreenedReason.FeedPaused)]
    public void Screen_RestingFeed_StillReadsObservations(NotScreenedReason reason)
    {
        var built = Screenings.One('C'.Times(40));
        var school = SchoolBaseline.Of(built.Register, built.LastDay, reason);
        var report = new ScreeningReport(new Screener(RuleSet.Starting));
        var inputs = Screenings.With(Screenings.Form(built.LastDay, "333"));
        var result = report.Screen(built.Place("ada", school), inputs);
        Assert.Equal(["observed.withdrawing"], result.RuleIds());
        Assert.Equal((Level.Watch, reason), (result.Level, result.NotScreenedBecause));
        Assert.StartsWith("Rests:", report.Explain(built.Place("ada", school), inputs).Rules[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void ScreenSchool_TransferredPupil_KeepsTheHistoryAndIsListedOnce()
    {
        var moved = Screenings.Start.AddDays(28);
        var (first, second) = (new RegisterBuilder().School("a").Weekdays(Screenings.Start, 40), new RegisterBuilder().School("b").Weekdays(Screenings.Start, 40));
        first.Pupil("ada", Screenings.Spell("16/ 4C"), elsewhereToo: true, new EnrollmentSpan(Screenings.Start, moved.AddDays(-1)));
        second.Pupil("ada", Screenings.Spell("20. 6C"), elsewhereToo: true, new EnrollmentSpan(moved, null));
        var asOf = moved.AddDays(7);
        SchoolBaseline[] schools = [SchoolBaseline.Of(first.Build().Register, asOf), SchoolBaseline.Of(second.Build().Register, asOf)];
        var inputs = Screenings.Lawful with { Places = PupilPlaces.Of(schools) };
        var report = new ScreeningReport(new Screener(RuleSet.Starting));

        Assert.Empty(report.ScreenSchool(schools[0], inputs));
        var result = Assert.Single(report.ScreenSchool(schools[1], inputs));
        Assert.Equal(10, result.Triggers.Single(t => t.RuleId == "absence.run").Observed);
    }

    [Fact]
    public void ScreenSchool_PupilWhoLeft_IsNotListed()
    {
        var built = new RegisterBuilder().Weekdays(Screenings.Start, 40)
            .Pupil("ada", 'C'.Times(40), elsewhereToo: false, new EnrollmentSpan(Screenings.Start, Screenings.Start.AddDays(20))).Build();
        Assert.Empty(new ScreeningReport(new Screener(RuleSet.Starting)).ScreenSchool(built.Baseline(), Screenings.Lawful));
    }

    [Fact]
    public void Explain_EveryRule_SaysWhyInPlainWords()
    {
        var rules = Screenings.One(Screenings.Spell("36/ 9C")).Explain("ada").Rules.ToDictionary(r => r.RuleId, r => r.Why);
        Assert.Equal(
            "Fires: absence over the last 45 school days is 20 % (9 of 45 sessions), the rule asks for at least 20 %; days counted of the last 45 is 45, the rule asks for at least 20.",
            rules["absence.severe"]);
        Assert.Equal(
            "Does not fire: separate spells begun in the last 45 school days is 1, the rule asks for at least 4.", rules["absence.spells"]);
        Assert.Contains("at least 10 points above absence over the 60 school days before those 20, which is 0 % (0 of 25 sessions)", rules["absence.rising"], StringComparison.Ordinal);
        Assert.Equal(
            "Does not fire: change from the pupil's own earlier forms is not known yet, the rule asks for at least 8.", rules["observed.change"]);
    }

    [Fact]
    public void Catalogue_Names_StartWithThoseOfTheDefinitions()
    {
        string[] published =
        [
            "possibleSessions", "absentSessions", "absenceRateYearToDate", "absentDays", "unauthorisedDays", "lateCount", "partialDays",
            "spells", "longestRunDays", "currentRunDays", "illnessSpells", "firstDayBackAbsences", "last20AbsenceRate", "last45AbsenceRate",
            "previous60AbsenceRate", "peerExcess",
        ];
        Assert.Equal(published, IndicatorCatalogue.All.Take(16).Select(d => d.Name));
        Assert.Equal(Enum.GetValues<Indicator>(), IndicatorCatalogue.All.Select(d => d.Indicator));
        Assert.All(IndicatorCatalogue.All, d => Assert.Equal(char.ToLowerInvariant(d.Indicator.ToString()[0]) + d.Indicator.ToString()[1..], d.Name));
    }

    [Fact]
    public void Transpose_RandomMatrix_ExchangesRowsAndColumns()
    {
        var random = new Random(3);
        var rows = new ulong[64];
        for (var row = 0; row < 64; row++) rows[row] = (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1);
        var turned = rows.ToArray();
        BitMatrix.Transpose(turned);
        for (var row = 0; row < 64; row++)
            for (var column = 0; column < 64; column++) Assert.Equal(rows[row] >> column & 1, turned[column] >> row & 1);
        Assert.Equal(rows.Sum(BitOperations.PopCount), turned.Sum(BitOperations.PopCount));
    }
}
