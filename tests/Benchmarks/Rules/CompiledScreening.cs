using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Indicators;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>A pupil's indicators, ready to be judged.</summary>
/// <param name="All">Over all sessions, in catalogue order.</param>
/// <param name="Usual">The same with the school's exceptional sessions left out.</param>
internal sealed record ReadyPupil(IndicatorValue[] All, IndicatorValue[] Usual);

/// <summary>The domain's own starting rule set over ready indicators.</summary>
internal static class CompiledScreening
{
    /// <summary>Works out every pupil's indicators, outside the watch.</summary>
    public static List<ReadyPupil> Prepare(IEnumerable<SyntheticSchool> schools, DateOnly asOf)
    {
        var screener = new Screener(RuleSet.Starting);
        var (blanked, register) = (new PupilDays(), new RegisterIndicators());
        var inputs = new ScreeningInputs(HasLegalBasis: true);
        var pupils = new List<ReadyPupil>();
        foreach (var (_, school) in schools)
        {
            var baseline = SchoolBaseline.Of(school, asOf);
            foreach (var block in school.Blocks)
                for (var slot = 0; slot < RegisterBlock.Width; slot++)
                {
                    if (block.Slots[slot] is null || screener.ScreenPlace(new PupilPlace(baseline, block, slot), inputs).Kind != PlaceKind.OnRoll) continue;
                    IndicatorValue[] all = [.. screener.Values];
                    blanked.CopyWithoutExceptional(screener.Days);
                    IndicatorValue[] usual = [.. all];
                    register.Compute(blanked, usual);
                    pupils.Add(new ReadyPupil(all, usual));
                }
        }

        return pupils;
    }

    /// <summary>A bit for each rule that fires with and without the exceptional sessions.</summary>
    public static ulong Fired(ReadyPupil pupil)
    {
        var rules = RuleSet.Starting.Compiled;
        ulong fired = 0;
        for (var rule = 0; rule < rules.Count; rule++)
            if (RuleOutcome.Both(rules.Try(rule, pupil.All), rules.Try(rule, pupil.Usual)).Fired) fired |= 1UL << rule;
        return fired;
    }

    /// <summary>The same indicators as RulesEngine reads them.</summary>
    public static (AttendanceFacts All, AttendanceFacts Usual) Facts(ReadyPupil pupil) => (Facts(pupil.All), Facts(pupil.Usual));

    private static AttendanceFacts Facts(IndicatorValue[] values) =>
        AttendanceFacts.From(new SqlIndicators(0, Columns, Array.ConvertAll(values, v => v.ToDouble())));

    private static readonly Dictionary<string, int> Columns = IndicatorCatalogue.All.ToDictionary(d => d.Name, d => (int)d.Indicator, StringComparer.Ordinal);
}
