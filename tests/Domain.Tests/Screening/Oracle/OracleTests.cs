using CsCheck;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

/// <summary>The fast screening against the slow one, on random districts.</summary>
public sealed class OracleTests
{
    private const int Districts = 500;

    private static readonly Gen<ModelDistrict> AnyDistrict = Gen.Int.Select(seed => new DistrictMaker(seed).Make());

    [Fact]
    public void Explain_RandomDistricts_AgreesWithTheOracleOnEveryIndicatorAndDate() => ForEveryPlace((district, place, inputs, pupil) =>
    {
        var oracle = new OracleIndicators(pupil, OracleLine.Of(pupil, district.AsOf), district.AsOf);
        var explanation = new ScreeningReport(new Screener(RuleSet.Starting)).Explain(place, inputs);
        foreach (var reading in explanation.Indicators)
        {
            var expected = oracle.Values[reading.Name];
            Assert.True(
                expected is null ? reading.Value is null : Math.Abs(expected.Value - (reading.Value ?? double.NaN)) < 1e-9,
                $"{reading.Name}: {reading.Value} where {expected} was expected");
            if (oracle.Dates.TryGetValue(reading.Name, out var dates))
                Assert.True(dates.SequenceEqual(reading.Dates), $"{reading.Name}: other dates");
        }
    });

    [Fact]
    public void Screen_RandomDistricts_AgreesWithTheOracleOnTriggersLevelAndPriority() => ForEveryPlace((district, place, inputs, pupil) =>
    {
        var (triggers, level, priority) = OracleRules.Screen(pupil, district.AsOf, place.School.AttendanceRests is not null);
        var result = new ScreeningReport(new Screener(RuleSet.Starting)).Screen(place, inputs);
        var fired = result.Triggers.Concat(result.Protective).OrderBy(t => t.RuleId, StringComparer.Ordinal).ToList();
        Assert.Equal(
            triggers.OrderBy(t => t.RuleId, StringComparer.Ordinal).Select(t => (t.RuleId, t.Family, t.Points, t.Severe)),
            fired.Select(t => (t.RuleId, t.Family, t.Points, t.SevereEnd)));
        foreach (var trigger in triggers)
            Assert.Equal(trigger.Dates, fired.Single(t => t.RuleId == trigger.RuleId).Dates);
        Assert.Equal((level, priority), (result.Level, result.Priority));
    });

    [Fact]
    public void ScreenBlock_RandomDistricts_SaysTheSameAsScreeningPupilByPupil() => AnyDistrict.Sample(
        district =>
        {
            var schools = Baselines(district);
            var inputs = district.Inputs(schools);
            var (byBlock, byPupil) = (new Screener(RuleSet.Starting), new Screener(RuleSet.Starting));
            var outcomes = new PupilOutcome[RegisterBlock.Width];
            var values = new IndicatorBlock();
            var answeredFor = new List<string>();
            foreach (var school in schools)
            {
                foreach (var block in school.Register.Blocks)
                {
                    byBlock.ScreenBlock(school, block, inputs, outcomes, values);
                    for (var slot = 0; slot < block.Slots.Count; slot++)
                    {
                        if (outcomes[slot].Kind != PlaceKind.OnRoll) continue;
                        answeredFor.Add(district.Pupils.Single(p => p.Key == block.Slots[slot]!.Student).Name);
                        Assert.Equal(byPupil.ScreenPlace(new PupilPlace(school, block, slot), inputs), outcomes[slot]);
                        var ofPupil = values.Of(slot);
                        Assert.All(IndicatorCatalogue.All, d => Assert.Equal(byPupil.Values[d.Indicator], ofPupil[d.Indicator]));
                    }
                }
            }
            // Every pupil on some roll on the as-of date is answered for, by one school.
            Assert.Equal(
                district.Pupils.Where(p => p.Enrollments.Any(e => e.Covers(district.AsOf))).Select(p => p.Name).Order(),
                answeredFor.Order());
        },
        iter: Districts, threads: 1);

    [Fact]
    public void Completeness_RandomDistricts_IsTheKnownShareOfTheLast45Days() => ForEveryPlace((district, place, inputs, pupil) =>
    {
        var sessions = OracleLine.Of(pupil, district.AsOf).TakeLast(45).SelectMany(d => d.Sessions).Where(s => s.Required).ToList();
        var expected = sessions.Count == 0 ? 1 : (decimal)sessions.Count(s => s.Possible) / sessions.Count;
        Assert.Equal(expected, new ScreeningReport(new Screener(RuleSet.Starting)).Screen(place, inputs).Completeness);
    });

    private static List<SchoolBaseline> Baselines(ModelDistrict district) =>
        [.. district.Registers().Select((r, i) => SchoolBaseline.Of(
            r, district.AsOf, district.Pupils.Count % 4 == 3 && i == 0 ? NotScreenedReason.StaleFeed : null))];

    private static void ForEveryPlace(Action<ModelDistrict, PupilPlace, ScreeningInputs, ModelPupil> check) => AnyDistrict.Sample(
        district =>
        {
            var schools = Baselines(district);
            var inputs = district.Inputs(schools);
            foreach (var school in schools)
            {
                foreach (var block in school.Register.Blocks)
                {
                    for (var slot = 0; slot < block.Slots.Count; slot++)
                    {
                        var pupil = district.Pupils.Single(p => p.Key == block.Slots[slot]!.Student);
                        check(district, new PupilPlace(school, block, slot), inputs, pupil);
                    }
                }
            }
        },
        iter: Districts, threads: 1);
}
