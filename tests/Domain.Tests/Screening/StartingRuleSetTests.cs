using SchoolSignal.Domain.Screening;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

/// <summary>Every register rule of the starting set on both sides of its edges. Letters are <see cref="MarkLetters"/>; the
/// first day is a Monday.</summary>
public sealed class StartingRuleSetTests
{
    [Theory]
    [InlineData("absence.chronic", "18/ 2I", true)]
    [InlineData("absence.chronic", "17/ 2I", false)]
    [InlineData("absence.chronic", "19/ 2I", false)]
    [InlineData("absence.chronic", "18/ 2I 5# 5.", true)]
    [InlineData("absence.severe", "60/ 9I 36/", true)]
    [InlineData("absence.severe", "60/ 8I 37/", false)]
    [InlineData("absence.severe", "4I 16/", true)]
    [InlineData("absence.severe", "4I 15/", false)]
    [InlineData("absence.rising", "20/ 2C 18/", true)]
    [InlineData("absence.rising", "20/ 1C 19/", false)]
    [InlineData("absence.rising", "19/ 2C 18/", false)]
    [InlineData("absence.rising", "6C 54/ 4C 16/", true)]
    [InlineData("absence.rising", "7C 53/ 4C 16/", false)]
    [InlineData("absence.run", "5/ 5C", true)]
    [InlineData("absence.run", "5/ 4C", false)]
    [InlineData("absence.run", "5/ 3C 2# 2C 3.", true)]
    [InlineData("absence.run", "5/ 5C 1/", false)]
    [InlineData("absence.spells", "5/ 1C 1/ 1C 1/ 1C 1/ 1C", true)]
    [InlineData("absence.spells", "5/ 1C 1/ 1C 1/ 1C 1/", false)]
    [InlineData("absence.spells", "5/ 1C 38/ 1C 1/ 1C 1/ 1C 1/", true)]
    [InlineData("absence.spells", "5/ 1C 39/ 1C 1/ 1C 1/ 1C 1/", false)]
    [InlineData("absence.unexplained", "9/ 3O 17/", true)]
    [InlineData("absence.unexplained", "9/ 2O 18/", false)]
    [InlineData("absence.unexplained", "9/ 3O 18/", false)]
    [InlineData("absence.unexplained", "9/ 3N 6/", true)]
    [InlineData("absence.unexplained", "9/ 3N 5/", false)]
    [InlineData("absence.unexplained", "9/ 1O 1U 1N 6/", true)]
    [InlineData("pattern.firstdayback", "5/ 1C 4/ 1C 4/ 1C 4/ 1C 24/", true)]
    [InlineData("pattern.firstdayback", "5/ 1C 4/ 1C 4/ 1C 29/", false)]
    [InlineData("pattern.firstdayback", "5/ 1C 4/ 1C 4/ 1C 1/ 1C 27/", true)]
    [InlineData("pattern.firstdayback", "5/ 1C 4/ 1C 1/ 1C 1/ 1C 30/", false)]
    [InlineData("pattern.somatic", "5/ 1I 1/ 2I 1/ 1I 1/", true)]
    [InlineData("pattern.somatic", "5/ 1I 1/ 3I 1/ 1I 1/", false)]
    [InlineData("pattern.somatic", "5/ 1I 1/ 2M 1/ 1I 1/", false)]
    [InlineData("partial.late", "20/ 4L 16/", true)]
    [InlineData("partial.late", "20/ 3L 17/", false)]
    [InlineData("partial.late", "6L 54/ 4L 16/", true)]
    [InlineData("partial.late", "7L 53/ 4L 16/", false)]
    [InlineData("partial.late", "4L 16/", false)]
    [InlineData("partial.day", "2E 2P 16/", true)]
    [InlineData("partial.day", "1E 2P 17/", false)]
    [InlineData("partial.day", "2E 2P 17/", false)]
    [InlineData("protective.recovering", "4C 16/ 2C 18/", true)]
    [InlineData("protective.recovering", "4C 16/ 3C 17/", false)]
    [InlineData("protective.recovering", "3C 17/ 20/", false)]
    public void Screen_OnTheEdge_FiresFromTheThresholdOn(string rule, string marks, bool fires)
    {
        var result = Screenings.One(Screenings.Spell(marks)).Screen("ada");
        Assert.Equal(fires, result.RuleIds().Contains(rule));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Rising_PeerExcessOnTheEdge_IsInclusive(int schoolAbsentOf100, bool fires)
    {
        var builder = new RegisterBuilder().Weekdays(Screenings.Start, 40).Pupil("ada", Screenings.Spell("20/ 2C 18/"));
        for (var day = 0; day < 40; day++) builder.Totals(day, 100, schoolAbsentOf100);
        Assert.Equal(fires, builder.Build().Screen("ada").RuleIds().Contains("absence.rising"));
    }

    [Theory]
    [InlineData("30/ 9C", 3, false)]
    [InlineData("30/ 10C", 5, false)]
    [InlineData("30/ 14C", 5, false)]
    [InlineData("30/ 15C", 5, true)]
    [InlineData("30/ 15M", 2.5, false)]
    [InlineData("30/ 5M", 1.5, false)]
    [InlineData("30/ 14M 1I", 5, true)]
    public void Run_ItsLengthAndReason_SetPointsAndSevereEnd(string marks, double points, bool severe)
    {
        var run = Screenings.One(Screenings.Spell(marks)).Screen("ada").Triggers.Single(t => t.RuleId == "absence.run");
        Assert.Equal(((decimal)points, severe), (run.Points, run.SevereEnd));
    }

    [Theory]
    [InlineData("10C 11/", 4, false)]
    [InlineData("10C 10/", 6, true)]
    public void Severe_HalfOfTheSessions_IsTheSevereEnd(string marks, int points, bool severe)
    {
        var trigger = Screenings.One(Screenings.Spell(marks)).Screen("ada").Triggers.Single(t => t.RuleId == "absence.severe");
        Assert.Equal((points, severe), (trigger.Points, trigger.SevereEnd));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public void Section_SameLessonMissedOnSite_Counts(int times, bool fires)
    {
        var builder = new RegisterBuilder().Weekdays(Screenings.Start, 30).Pupil("ada", Screenings.Spell("29/ 1C"));
        var day = builder.Build().Register.Days;
        for (var i = 0; i < times; i++) builder.MissedSection("ada", day[20 + i], "maths").MissedSection("ada", day[20 + i], "maths");
        builder.MissedSection("ada", day[9], "maths").MissedSection("ada", day[29], "maths").MissedSection("ada", day[28], "art");
        Assert.Equal(fires, builder.Build().Screen("ada").RuleIds().Contains("partial.section"));
    }

    [Fact]
    public void Trigger_OfARun_CarriesItsEvidence()
    {
        var built = Screenings.One(Screenings.Spell("10/ 2C 1# 3C 1."));
        var run = built.Screen("ada").Triggers.Single(t => t.RuleId == "absence.run");
        Assert.Equal(("currentRunDays", 5m, 5m), (run.Indicator, run.Observed, run.Threshold));
        Assert.Equal([built.Day(10), built.Day(11), built.Day(13), built.Day(14), built.Day(15)], run.Dates);
        Assert.Equal((built.Day(10), built.Day(15), "The pupil attends."), (run.From, run.To, run.ClearsWhen));
    }

    [Fact]
    public void Screen_AsOfAnEarlierDay_LooksNoFurther()
    {
        var built = Screenings.One(Screenings.Spell("30/ 5C"));
        var report = new ScreeningReport(new Screener(RuleSet.Starting));
        var earlier = SchoolBaseline.Of(built.Register, built.Day(33));
        Assert.DoesNotContain("absence.run", report.Screen(built.Place("ada", earlier), Screenings.Lawful).RuleIds());
        Assert.Contains("absence.run", built.Screen("ada").RuleIds());
    }
}
