using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Indicators;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>A block of pupils' indicators, ready to be judged.</summary>
/// <param name="Slots">The slots of the block's pupils.</param>
/// <param name="All">Over all sessions.</param>
/// <param name="Usual">The same with the school's exceptional sessions left out.</param>
internal sealed record ReadyBlock(IReadOnlyList<int> Slots, IndicatorBlock All, IndicatorBlock Usual)
{
    /// <summary>Works out every pupil's indicators, outside the watch.</summary>
    public static List<ReadyBlock> Prepare(IReadOnlyList<SyntheticSchool> schools, DateOnly asOf)
    {
        var screener = new Screener(RuleSet.Starting);
        var inputs = new ScreeningInputs(HasLegalBasis: true) { Observations = SyntheticForms.Of(schools, asOf) };
        var outcomes = new PupilOutcome[RegisterBlock.Width];
        var ready = new List<ReadyBlock>();
        foreach (var (_, school) in schools)
        {
            var baseline = SchoolBaseline.Of(school, asOf);
            foreach (var block in school.Blocks)
            {
                var (all, usual) = (new IndicatorBlock(), new IndicatorBlock());
                screener.ScreenBlock(baseline, block, inputs, outcomes, all);
                int[] slots = [.. Enumerable.Range(0, RegisterBlock.Width).Where(slot => outcomes[slot].Kind == PlaceKind.OnRoll)];
                foreach (var slot in slots)
                {
                    var place = new PupilPlace(baseline, block, slot);
                    screener.ScreenPlace(place, inputs);
                    screener.MeasureWithoutExceptional(place, inputs, usual.Of(slot));
                }

                ready.Add(new ReadyBlock(slots, all, usual));
            }
        }

        return ready;
    }

    /// <summary>The same indicators as RulesEngine reads them, pupil by pupil.</summary>
    public IEnumerable<(AttendanceFacts All, AttendanceFacts Usual, ObservedFacts Seen)> Facts() =>
        Slots.Select(slot => (Facts(All.Of(slot)), Facts(Usual.Of(slot)), ObservedFacts.From(All.Of(slot))));

    private static AttendanceFacts Facts(PupilIndicators values) =>
        AttendanceFacts.From(new SqlIndicators(0, Columns, [.. IndicatorCatalogue.All.Select(d => values[d.Indicator].ToDouble())]));

    private static readonly Dictionary<string, int> Columns = IndicatorCatalogue.All.ToDictionary(d => d.Name, d => (int)d.Indicator, StringComparer.Ordinal);
}
