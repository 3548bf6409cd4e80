using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Indicators;

namespace SchoolSignal.Benchmarks.Tests;

/// <summary>The benchmark compares like with like: SQL over day rows and rules in RulesEngine say of every pupil what the
/// register engine says.</summary>
public sealed class AgreementTests
{
    private static readonly DistrictShape Awkward = new(500, PupilsPerSchool: 83, Seed: 7, Awkward: true);

    [Theory]
    [InlineData("2025-10-03", 0)]
    [InlineData("2026-02-14", 200)]
    [InlineData("2026-08-31", 200)]
    public void Screen_AwkwardDistrict_AgreesWithSqlAndRulesEnginePupilByPupil(string asOf, int rulesFiredAtLeast)
    {
        var found = Agreement.Check(Awkward, DateOnly.Parse(asOf, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Empty(found.Disagreements);
        // Nothing agrees by being empty.
        Assert.InRange(found.Pupils, 400, 500);
        Assert.InRange(found.Indicators, 30, 40);
        Assert.InRange(found.RulesFired, rulesFiredAtLeast, long.MaxValue);
    }
}
