using SchoolSignal.Domain.Screening;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class ScreeningReportTests
{
    [Fact]
    public void Screen_ExactlyTenPerCent_FiresChronic()
    {
        var result = Screenings.One('/'.Times(18) + "II" + '/'.Times(27) + "I/I").Screen("ada");
        Assert.DoesNotContain("absence.chronic", result.RuleIds());

        var tenth = Screenings.One('/'.Times(20) + "II" + '/'.Times(20) + "III" + '/'.Times(5)).Screen("ada");
        Assert.Contains("absence.chronic", tenth.RuleIds());
    }

    [Fact]
    public void ScreenSchool_QuietPupils_AreListedWithLevelNone()
    {
        var built = new RegisterBuilder().Weekdays(Screenings.Start, 60)
            .Pupil("ada", '/'.Times(60)).Pupil("ben", '/'.Times(40) + 'O'.Times(20)).Build();
        var results = new ScreeningReport(new Screener(RuleSet.Starting)).ScreenSchool(built.Baseline(), Screenings.Lawful).ToList();
        Assert.Equal([Level.None, Level.High], results.Select(r => r.Level));
        Assert.Equal(1, results[0].Completeness);
        var run = Assert.Single(results[1].Triggers, t => t.RuleId == "absence.run");
        Assert.Equal((20m, 5m, true), (run.Observed, run.Threshold, run.SevereEnd));
        Assert.Equal(20, run.Dates.Count);
    }
}
