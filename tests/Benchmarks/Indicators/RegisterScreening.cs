using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>The product's own screening over registers in memory, on every core.</summary>
public sealed class RegisterScreening(IReadOnlyList<SyntheticSchool> schools, DateOnly asOf)
{
    private readonly PupilOutcome[][] outcomes = [.. schools.Select(s => new PupilOutcome[s.Register.Blocks.Count * RegisterBlock.Width])];

    public IReadOnlyList<SyntheticSchool> Schools => schools;

    /// <summary>By school, then block × 64 + slot.</summary>
    public IReadOnlyList<PupilOutcome[]> Outcomes => outcomes;

    /// <summary>By school, then (block × 64 + slot) × catalogue; empty until asked for.</summary>
    public IReadOnlyList<IndicatorValue[]> Values { get; private set; } = [];

    /// <summary>Makes room to keep every pupil's indicators, as a result table does; screening alone does not need it.</summary>
    public RegisterScreening KeepingValues()
    {
        Values = [.. outcomes.Select(o => new IndicatorValue[o.Length * IndicatorCatalogue.Count])];
        return this;
    }

    /// <summary>Baselines, indicators, rules and levels of every pupil.</summary>
    public void Run()
    {
        var baselines = new SchoolBaseline[schools.Count];
        Parallel.For(0, schools.Count, school => baselines[school] = SchoolBaseline.Of(schools[school].Register, asOf));
        var inputs = new ScreeningInputs(HasLegalBasis: true) { Places = PupilPlaces.Of(baselines) };
        Parallel.For(0, schools.Count, () => new Screener(RuleSet.Starting), (school, _, screener) =>
        {
            foreach (var block in baselines[school].Register.Blocks)
            {
                var first = block.Number * RegisterBlock.Width;
                screener.ScreenBlock(baselines[school], block, inputs, outcomes[school].AsSpan(first), ValuesOf(school, first));
            }

            return screener;
        }, _ => { });
    }

    private Span<IndicatorValue> ValuesOf(int school, int first) => Values.Count == 0
        ? default
        : Values[school].AsSpan(first * IndicatorCatalogue.Count, RegisterBlock.Width * IndicatorCatalogue.Count);
}
