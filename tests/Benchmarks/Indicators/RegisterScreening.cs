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

    /// <summary>By school, then block; empty until asked for.</summary>
    public IReadOnlyList<IndicatorBlock[]> Values { get; private set; } = [];

    /// <summary>Makes room to keep every pupil's indicators, as a result table does; screening alone does not need it.</summary>
    public RegisterScreening KeepingValues()
    {
        Values = [.. schools.Select(s => s.Register.Blocks.Select(_ => new IndicatorBlock()).ToArray())];
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
                screener.ScreenBlock(
                    baselines[school], block, inputs, outcomes[school].AsSpan(block.Number * RegisterBlock.Width),
                    Values.Count == 0 ? null : Values[school][block.Number]);
            }

            return screener;
        }, _ => { });
    }
}
