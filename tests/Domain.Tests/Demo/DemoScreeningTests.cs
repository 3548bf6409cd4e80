using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Demo;

/// <summary>What the starting rule set makes of the demo: each story ends as it says, and what happens to a whole school
/// raises nobody.</summary>
public sealed class DemoScreeningTests(DemoScreeningTests.DefaultDemo demo) : IClassFixture<DemoScreeningTests.DefaultDemo>
{
    /// <summary>Made and screened once.</summary>
    public sealed class DefaultDemo
    {
        internal DemoDistrict District { get; } = DemoDistrict.Create(new DemoOptions());

        internal Dictionary<StudentKey, ScreeningResult> Results => field ??= DemoRegisters.Screen(District);
    }

    [Theory]
    [InlineData(DemoOptions.DefaultSeed, DemoOptions.DefaultStudents)]
    [InlineData(7, 1500)]
    public void Stories_Screened_EndAsTheySay(long seed, int students)
    {
        var district = DemoDistrict.Create(new DemoOptions { Seed = seed, Students = students });
        Assert.NotEmpty(district.Stories);
        var results = DemoRegisters.Screen(district);
        Assert.All(district.Stories, story =>
        {
            var result = results[DemoRegisters.KeyOf(story.Student)];
            var fired = string.Join(' ', result.Triggers.Concat(result.Protective).Select(trigger => trigger.RuleId));
            Assert.Equal(
                $"{story.Title}: {story.ExpectedLevel} {story.NotScreenedBecause}",
                $"{story.Title}: {result.Level} {result.NotScreenedBecause}" + (result.Level == story.ExpectedLevel ? "" : $" ({fired})"));
        });
    }

    [Theory]
    [InlineData("Mondays first", "pattern.firstdayback absence.run observed.withdrawing observed.change")]
    [InlineData("Late, then gone by lunch", "partial.late partial.day")]
    [InlineData("Ill for a day, again and again", "pattern.somatic observed.somatic")]
    [InlineData("Treatment at home", "absence.severe absence.run")]
    [InlineData("Coming back", "absence.chronic protective.recovering")]
    [InlineData("New school, same year", "absence.chronic absence.spells")]
    [InlineData("Two teachers say the same", "partial.late observed.withdrawing observed.agreement")]
    public void Stories_Screened_FireTheRulesTheyTellOf(string title, string ruleIds)
    {
        var story = demo.District.Stories.Single(story => story.Title == title);
        var result = demo.Results[DemoRegisters.KeyOf(story.Student)];
        Assert.Superset(ruleIds.Split(' ').ToHashSet(), result.Triggers.Concat(result.Protective).Select(trigger => trigger.RuleId).ToHashSet());
    }

    [Fact]
    public void SnowDay_Screened_RaisesNobody()
    {
        var withoutTheDay = DemoRegisters.Screen(demo.District, DemoEvents.SnowDay);
        var snowed = demo.District.Schools.First(school => school.Style == DemoStyle.UsDaily).Id;
        Assert.All(demo.Results.Values.Where(result => result.School == snowed), result => Assert.True(result.Level <= withoutTheDay[result.Student].Level));
    }

    [Fact]
    public void WholeDistrict_Screened_IsAWorklistPeopleCanWork()
    {
        var levels = demo.Results.Values.CountBy(result => result.Level).ToDictionary();
        Assert.InRange(levels[Level.High] / 3000.0, 0.005, 0.05);
        Assert.InRange((levels[Level.High] + levels[Level.Raised]) / 3000.0, 0.02, 0.12);
    }

    [Theory]
    [InlineData(DemoStyle.England, "england-2024")]
    [InlineData(DemoStyle.UsDaily, "us-daily")]
    public void Codes_OfEachStyle_MeanInItsCodeSetWhatTheDemoMeans(DemoStyle style, string codeSet)
    {
        var codes = CodeSetLibrary.Shipped.Find(codeSet)!;
        for (var session = 0; session < 2; session++)
            foreach (var (index, code) in DemoMarks.CodesOf(style, session).Index())
            {
                var known = codes.TryFind(Encoding.ASCII.GetString(code), out var mark);
                Assert.Equal(((DemoMark)index != DemoMark.Unmapped, ((DemoMark)index).ToMark(style)), (known, mark));
            }
    }
}
