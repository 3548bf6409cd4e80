using SchoolSignal.Domain.Screening;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class LevelTests
{
    [Theory]
    // chronic 2
    [InlineData("18/ 2C 1/", Level.None, 2)]
    // run 3
    [InlineData("5/ 5C", Level.Watch, 3)]
    // run 3 + rising 3, one family
    [InlineData("40/ 5C", Level.Watch, 8)]
    // severe alone (chronic goes with it): 4 + 2
    [InlineData("35/ 9C 1/", Level.Raised, 9)]
    // the severe end: half the sessions of 45
    [InlineData("100/ 22/ 23C 1/", Level.High, 11)]
    public void Screen_OneFamily_ReachesHighOnlyAtTheSevereEnd(string marks, Level level, int atMost)
    {
        var result = Screenings.One(Screenings.Spell(marks)).Screen("ada");
        Assert.Equal(level, result.Level);
        Assert.True(result.Priority <= atMost);
    }

    [Fact]
    public void Screen_TwoPoints_AreNotWatched()
    {
        var two = Screenings.One('/'.Times(40)).Screen("ada", Screenings.With(Screenings.Form(Last(40), "00000000003")));
        Assert.Equal((2m, Level.None), (two.Priority, two.Level));
        var three = Screenings.One('/'.Times(40)).Screen("ada", Screenings.With(Screenings.Form(Last(40), "00000030003")));
        Assert.Equal((3m, Level.Watch), (three.Priority, three.Level));
    }

    [Theory]
    // part days 2 + withdrawing 3 = 5, observation corroborates
    [InlineData("333", "36/ 4E", Level.Raised, 5)]
    // part days 2 + dropped 2 = 4
    [InlineData("00000000003", "36/ 4E", Level.Watch, 4)]
    // withdrawing 3 + dropped 2 = 5 from one family
    [InlineData("33300000003", "40/", Level.Watch, 5)]
    // 3 + 2 + 1 + part days 2 = 8
    [InlineData("33300030003", "36/ 4E", Level.High, 8)]
    // 7
    [InlineData("33300000003", "36/ 4E", Level.Raised, 7)]
    // 5 less the protective one
    [InlineData("3330000000003", "36/ 4E", Level.Watch, 4)]
    public void Screen_ObservationBesideTheRegister_Corroborates(string form, string marks, Level level, int priority)
    {
        var result = Screenings.One(Screenings.Spell(marks)).Screen("ada", Screenings.With(Screenings.Form(Last(40), form)));
        Assert.Equal((level, priority), (result.Level, result.Priority));
    }

    [Fact]
    public void Screen_TheSameDaysTwice_DoNotCorroborate()
    {
        // Three short illnesses make four spells with a longer one: absence.spells 2 + chronic 2 and pattern.somatic 2 on the same days.
        var same = Screenings.One(Screenings.Spell("15/ 1I 5/ 1I 5/ 1I 5/ 1C 3/")).Screen("ada");
        Assert.Equal(["absence.chronic", "absence.spells", "pattern.somatic"], same.RuleIds());
        Assert.Equal((6m, Level.Watch), (same.Priority, same.Level));
    }

    [Fact]
    public void Screen_OwnDatesOfASecondFamily_Corroborate()
    {
        // Absence: chronic 2 + run 3. Partial days 2: coded left early they are no absence, as half days they are.
        var leftEarly = Screenings.One(Screenings.Spell("30/ 4E 5C")).Screen("ada");
        Assert.Equal((7m, Level.Raised), (leftEarly.Priority, leftEarly.Level));

        var halfDays = new RegisterBuilder().AmPm().Weekdays(Screenings.Start, 39)
            .Pupil("ada", '/'.Times(60) + "C/C/C/C/" + 'C'.Times(10)).Build().Screen("ada");
        Assert.Equal((7m, Level.Watch), (halfDays.Priority, halfDays.Level));
    }

    [Fact]
    public void Screen_SnowDay_RaisesNobody()
    {
        // Four part days would be five with the snow afternoons; the run of five would be seven with the closed-in days.
        var builder = new RegisterBuilder().Weekdays(Screenings.Start, 40)
            .Pupil("ada", Screenings.Spell("33/ 3C 1/ 1C 1C 1/"))
            .Pupil("ben", Screenings.Spell("36/ 4C"))
            .Pupil("cem", Screenings.Spell("38/ 2C"));
        var quiet = builder.Build().Screen("ben").RuleIds();
        Assert.Contains("absence.rising", quiet);
        for (var day = 36; day < 40; day++) builder.Totals(day, 103, 55);
        var snow = builder.Build();
        foreach (var pupil in new[] { "ben", "cem" })
            Assert.Equal((Level.None, 0), (snow.Screen(pupil).Level, snow.Screen(pupil).Triggers.Count));
        // The indicators keep the day.
        Assert.Equal(0.2, snow.Explain("ben").Indicators.Single(i => i.Name == "last20AbsenceRate").Value!.Value, 1e-12);
        Assert.StartsWith("Does not fire: it would hold only", snow.Explain("ben").Rules.Single(r => r.RuleId == "absence.chronic").Why, StringComparison.Ordinal);
    }

    private static DateOnly Last(int days) => Screenings.One('/'.Times(days)).LastDay;
}
