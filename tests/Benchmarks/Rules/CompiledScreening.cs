using System.Numerics;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Indicators;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>Pupils' indicators, ready to be judged, one pupil after the other in catalogue order.</summary>
/// <param name="All">Over all sessions.</param>
/// <param name="Usual">The same with the school's exceptional sessions left out.</param>
internal sealed record ReadyIndicators(IndicatorValue[] All, IndicatorValue[] Usual)
{
    public int Pupils => All.Length / IndicatorCatalogue.Count;

    public ReadOnlySpan<IndicatorValue> AllOf(int pupil) => All.AsSpan(pupil * IndicatorCatalogue.Count, IndicatorCatalogue.Count);

    public ReadOnlySpan<IndicatorValue> UsualOf(int pupil) => Usual.AsSpan(pupil * IndicatorCatalogue.Count, IndicatorCatalogue.Count);
}

/// <summary>The domain's own starting rule set over ready indicators.</summary>
internal static class CompiledScreening
{
    /// <summary>Works out every pupil's indicators, outside the watch.</summary>
    public static ReadyIndicators Prepare(IEnumerable<SyntheticSchool> schools, DateOnly asOf)
    {
        var screener = new Screener(RuleSet.Starting);
        var (blanked, register) = (new PupilDays(), new RegisterIndicators());
        var inputs = new ScreeningInputs(HasLegalBasis: true);
        var (all, usual) = (new List<IndicatorValue>(), new List<IndicatorValue>());
        foreach (var (_, school) in schools)
        {
            var baseline = SchoolBaseline.Of(school, asOf);
            foreach (var block in school.Blocks)
                for (var slot = 0; slot < RegisterBlock.Width; slot++)
                {
                    if (block.Slots[slot] is null || screener.ScreenPlace(new PupilPlace(baseline, block, slot), inputs).Kind != PlaceKind.OnRoll) continue;
                    all.AddRange(screener.Values);
                    blanked.CopyWithoutExceptional(screener.Days);
                    register.Compute(blanked, screener.Values);
                    usual.AddRange(screener.Values);
                }
        }

        return new ReadyIndicators([.. all], [.. usual]);
    }

    /// <summary>A bit for each rule that fires with and without the exceptional sessions.</summary>
    public static ulong Fired(ReadyIndicators pupils, int pupil)
    {
        var rules = RuleSet.Starting.Compiled;
        var all = pupils.AllOf(pupil);
        ulong fired = 0;
        for (var left = rules.Candidates(all); left != 0; left &= left - 1)
        {
            var rule = BitOperations.TrailingZeroCount(left);
            if (rules.Try(rule, all).Fired && rules.Try(rule, pupils.UsualOf(pupil)).Fired) fired |= 1UL << rule;
        }

        return fired;
    }

    /// <summary>The same indicators as RulesEngine reads them.</summary>
    public static (AttendanceFacts All, AttendanceFacts Usual) Facts(ReadyIndicators pupils, int pupil) =>
        (Facts(pupils.AllOf(pupil)), Facts(pupils.UsualOf(pupil)));

    private static AttendanceFacts Facts(ReadOnlySpan<IndicatorValue> values)
    {
        var numbers = new double?[values.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = values[i].ToDouble();
        return AttendanceFacts.From(new SqlIndicators(0, Columns, numbers));
    }

    private static readonly Dictionary<string, int> Columns = IndicatorCatalogue.All.ToDictionary(d => d.Name, d => (int)d.Indicator, StringComparer.Ordinal);
}
