using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.Screening;

public sealed class ObservationRuleTests
{
    private static readonly DateOnly Today = Screenings.One('/'.Times(40)).LastDay;

    [Theory]
    [InlineData("3330", "observed.withdrawing", true)]
    [InlineData("0434", "observed.withdrawing", true)]
    [InlineData("3320", "observed.withdrawing", false)]
    [InlineData("33-0", "observed.withdrawing", false)]
    [InlineData("00003", "observed.somatic", true)]
    [InlineData("00002", "observed.somatic", false)]
    [InlineData("0000003", "observed.sleep", true)]
    [InlineData("0000002", "observed.sleep", false)]
    [InlineData("00000003", "observed.selfcare", true)]
    [InlineData("00000002", "observed.selfcare", false)]
    [InlineData("000000003", "observed.affect", true)]
    [InlineData("0000000003", "observed.affect", true)]
    [InlineData("0000000022", "observed.affect", false)]
    [InlineData("00000000003", "observed.dropped", true)]
    [InlineData("000000000003", "observed.dropped", true)]
    [InlineData("000000000022", "observed.dropped", false)]
    [InlineData("0000000000003", "protective.connection", true)]
    [InlineData("0000000000002", "protective.connection", false)]
    public void Screen_OneForm_FiresFromThreeOn(string answers, string rule, bool fires) =>
        Assert.Equal(fires, RulesOf(Screenings.Form(Today, answers)).Contains(rule));

    [Theory]
    [InlineData("ms-green", "333", true)]
    [InlineData("mr-brown", "333", false)]
    [InlineData("ms-green", "332", false)]
    public void Agreement_SecondForm_NeedsAnotherObserverSeeingTheSame(string observer, string answers, bool fires) =>
        Assert.Equal(fires, RulesOf(Screenings.Form(Today, "333"), Screenings.Form(Today.AddDays(-3), answers, observer)).Contains("observed.agreement"));

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void Withdrawing_OldForm_CountsForTwentySchoolDays(int schoolDays, bool fires)
    {
        var built = Screenings.One('/'.Times(40));
        var rules = built.Screen("ada", Screenings.With(Screenings.Form(built.Day(40 - schoolDays), "333"))).RuleIds();
        Assert.Equal(fires, rules.Contains("observed.withdrawing"));
    }

    [Theory]
    // Earlier totals 2 and 4, median 3: 11 is 8 above it.
    [InlineData("222221", true)]
    [InlineData("22222", false)]
    // Nine answered: 9 scaled to twelve is 12; 8 is 10 and two thirds.
    [InlineData("333---", true)]
    [InlineData("332---", false)]
    // Seven answered: no total.
    [InlineData("444-----", false)]
    public void Change_LatestTotal_IsComparedWithOwnMedian(string latest, bool fires)
    {
        var rules = RulesOf(
            Screenings.Form(Today.AddDays(-100), "2"), Screenings.Form(Today.AddDays(-50), "22"), Screenings.Form(Today, latest));
        Assert.Equal(fires, rules.Contains("observed.change"));
    }

    [Fact]
    public void Change_OneEarlierForm_SaysNothing() =>
        Assert.DoesNotContain("observed.change", RulesOf(Screenings.Form(Today.AddDays(-50), "0"), Screenings.Form(Today, "44444")));

    private static string[] RulesOf(params Observation[] forms) => Screenings.One('/'.Times(40)).Screen("ada", Screenings.With(forms)).RuleIds();
}
