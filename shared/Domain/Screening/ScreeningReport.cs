using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>Turns what a <see cref="Screener"/> found into results with their evidence, for a referral, a worklist or a
/// reader. One per worker, as the screener it uses.</summary>
public sealed class ScreeningReport(Screener screener)
{
    private readonly PupilOutcome[] outcomes = new PupilOutcome[RegisterBlock.Width];

    /// <summary>The result of one pupil, with triggers and dates. It is worked out whether or not the pupil is still on this
    /// school's roll.</summary>
    public ScreeningResult Screen(PupilPlace place, ScreeningInputs inputs)
    {
        var outcome = screener.ScreenPlace(place, inputs);
        return Result(place, outcome, outcome.HasTrigger ? Triggers(place.School) : []);
    }

    /// <summary>The results of every pupil on a school's roll, quiet ones included, block by block as they are read.</summary>
    public IEnumerable<ScreeningResult> ScreenSchool(SchoolBaseline school, ScreeningInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(school);
        foreach (var block in school.Register.Blocks)
        {
            screener.ScreenBlock(school, block, inputs, outcomes);
            for (var slot = 0; slot < block.Slots.Count; slot++)
            {
                if (outcomes[slot].Kind != PlaceKind.OnRoll) continue;
                var place = new PupilPlace(school, block, slot);
                yield return outcomes[slot].HasTrigger ? Screen(place, inputs) : Result(place, outcomes[slot], []);
            }
        }
    }

    /// <summary>Every indicator and every rule of one pupil, and why.</summary>
    public Explanation Explain(PupilPlace place, ScreeningInputs inputs)
    {
        var outcome = screener.ScreenPlace(place, inputs);
        var student = place.Enrollments.Student;
        var school = place.School;
        if (outcome.NotScreenedBecause == NotScreenedReason.NoLegalBasis) return Describe(place, inputs);
        if (outcome.NotScreenedBecause == NotScreenedReason.OptedOut)
            return new Explanation(student, school.Register.School, school.AsOf, NotScreenedReason.OptedOut, [], []);
        var sentences = new RuleSentences(screener, school);
        return new Explanation(
            student, school.Register.School, school.AsOf, outcome.NotScreenedBecause, Readings(school),
            [.. screener.Rules.Rules.Select((rule, index) => sentences.Read(rule, index) is { Fired: true } fired
                ? fired with { Dates = Dates(school, rule.Evidence, (double)rule.When[0].Threshold) }
                : sentences.Read(rule, index))]);
    }

    /// <summary>A register may be described without a legal basis: no rule judges, and a pupil who opted out stays out.</summary>
    private Explanation Describe(PupilPlace place, ScreeningInputs inputs)
    {
        var school = place.School;
        var isOptedOut = screener.ScreenPlace(place, inputs with { HasLegalBasis = true }).NotScreenedBecause == NotScreenedReason.OptedOut;
        return new Explanation(
            place.Enrollments.Student, school.Register.School, school.AsOf,
            isOptedOut ? NotScreenedReason.OptedOut : NotScreenedReason.NoLegalBasis, isOptedOut ? [] : Readings(school), []);
    }

    private List<IndicatorReading> Readings(SchoolBaseline school) => [.. IndicatorCatalogue.All.Select(definition => Reading(school, definition))];

    private ScreeningResult Result(PupilPlace place, PupilOutcome outcome, List<Trigger> fired) => new(
        place.Enrollments.Student, place.School.Register.School, place.School.AsOf, outcome.Level, outcome.Priority,
        outcome.NotScreenedBecause,
        [.. fired.Where(t => t.Family != RuleFamily.Protective)], [.. fired.Where(t => t.Family == RuleFamily.Protective)],
        outcome.Completeness, screener.Rules.Version);

    private List<Trigger> Triggers(SchoolBaseline school)
    {
        var triggers = new List<Trigger>();
        for (var index = 0; index < screener.Outcomes.Length; index++)
        {
            var outcome = screener.Outcomes[index];
            if (!outcome.Fired) continue;
            var rule = screener.Rules.Rules[index];
            var main = rule.When[0];
            var (from, to) = Window(school, rule.Evidence);
            triggers.Add(new Trigger(
                rule.Id, rule.Family, IndicatorCatalogue.Of(main.Indicator).Name, Observed(main.Indicator) ?? 0, main.Threshold,
                from ?? school.AsOf, to ?? school.AsOf, Dates(school, rule.Evidence, (double)main.Threshold),
                outcome.Quarters / 4m, outcome.Severe, rule.ClearsWhen));
        }
        return triggers;
    }

    private decimal? Observed(Indicator indicator) => RuleSentences.ToDecimal(screener.Values[indicator]);

    private IndicatorReading Reading(SchoolBaseline school, IndicatorDefinition definition)
    {
        var value = screener.Values[definition.Indicator];
        var (from, to) = Window(school, definition.Indicator);
        var isFraction = definition.Unit == IndicatorUnit.Fraction;
        return new IndicatorReading(
            definition.Name, definition.Unit, value.ToDouble(),
            isFraction ? value.Numerator : null, isFraction ? value.Denominator : null, from, to,
            value.IsDefined ? Dates(school, definition.Indicator, value.AsDouble()) : []);
    }

    private (DateOnly? From, DateOnly? To) Window(SchoolBaseline school, Indicator indicator)
    {
        var window = screener.Evidence.WindowOf(screener.Days, indicator);
        if (window.IsEmpty) return (null, null);
        var last = IndicatorCatalogue.Of(indicator).Source == IndicatorSource.Observations
            ? school.AsOf
            : screener.Days.Dates[window.To - 1];
        return (screener.Days.Dates[window.From], last);
    }

    private List<DateOnly> Dates(SchoolBaseline school, Indicator indicator, double atLeast) =>
        IndicatorCatalogue.Of(indicator).Source == IndicatorSource.Observations
            ? FormDates(school, indicator, atLeast)
            : RegisterDates(indicator);

    private List<DateOnly> RegisterDates(Indicator indicator)
    {
        Span<ulong> set = stackalloc ulong[DayBits.Words];
        set.Clear();
        screener.Evidence.Fill(screener.Days, indicator, set);
        var dates = new List<DateOnly>(DayBits.Count(set));
        var end = screener.Days.End;
        for (var day = DayBits.Next(set, 0, end); day < end; day = DayBits.Next(set, day + 1, end)) dates.Add(screener.Days.Dates[day]);
        return dates;
    }

    private List<DateOnly> FormDates(SchoolBaseline school, Indicator indicator, double atLeast)
    {
        if (Window(school, indicator) is not ({ } from, { } to)) return [];
        var window = ObservationIndicators.Window(screener.Forms, from, to);
        var dates = new List<DateOnly>();
        if (indicator == Indicator.ObservedChange)
        {
            if (ObservationIndicators.LatestScored(window) is { } latest) dates.Add(latest.Date);
            return dates;
        }
        foreach (var form in window)
            if (ObservationIndicators.Supports(form, indicator, atLeast) && !dates.Contains(form.Date)) dates.Add(form.Date);
        return dates;
    }
}
