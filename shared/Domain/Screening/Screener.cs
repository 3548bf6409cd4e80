using System.Numerics;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Domain.Screening;

/// <summary>Screens pupils by a rule set. Pure: the same register, date and inputs give the same result. Holds scratch space,
/// so every worker has its own; nothing is allocated for a pupil without a trigger.</summary>
public sealed class Screener
{
    private readonly BlockMasks masks = new();
    private readonly PupilLine line = new();
    private readonly PupilDays blanked = new();
    private readonly RegisterIndicators register = new();
    private readonly List<PupilPlace> ownPlace = new(1);
    private readonly IndicatorValue[] blankedValues = new IndicatorValue[IndicatorCatalogue.Count];
    private readonly LevelDecision levels;

    public Screener(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Rules = rules;
        Outcomes = new RuleOutcome[rules.Rules.Count];
        WithExceptional = new RuleOutcome[rules.Rules.Count];
        Evidence = new Evidence(register, Sections);
        levels = new LevelDecision(rules, Evidence);
    }

    public RuleSet Rules { get; }

    internal PupilDays Days { get; } = new();

    internal SectionAbsences Sections { get; } = new();

    internal Evidence Evidence { get; }

    internal IndicatorValue[] Values { get; } = new IndicatorValue[IndicatorCatalogue.Count];

    /// <summary>What the rules came to for the pupil last screened.</summary>
    internal RuleOutcome[] Outcomes { get; }

    /// <summary>The same before the school's exceptional sessions were left out.</summary>
    internal RuleOutcome[] WithExceptional { get; }

    internal Observation[] Forms { get; private set; } = [];

    /// <summary>Screens the up to 64 pupils of a block.</summary>
    /// <param name="outcomes">At least <see cref="RegisterBlock.Width"/> places; every one is written.</param>
    /// <param name="values">Empty, or room for 64 × <see cref="IndicatorCatalogue.Count"/> values: slot by slot, in catalogue
    /// order. Written for pupils on roll who may be screened; the rest are undefined.</param>
    public void ScreenBlock(
        SchoolBaseline school, RegisterBlock block, ScreeningInputs inputs, Span<PupilOutcome> outcomes, Span<IndicatorValue> values = default)
    {
        ArgumentNullException.ThrowIfNull(school);
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(inputs);
        outcomes = outcomes[..RegisterBlock.Width];
        outcomes.Clear();
        values.Clear();
        var loaded = false;
        for (var slot = 0; slot < block.Slots.Count; slot++)
        {
            if (block.Slots[slot] is not { } pupil) continue;
            if (NotScreened(school, new PupilPlace(school, block, slot), inputs) is { } answer)
            {
                outcomes[slot] = answer;
                continue;
            }
            if (!pupil.ElsewhereToo && pupil.Spans.Count == 1)
            {
                if (!loaded)
                {
                    masks.Load(school, block);
                    Sections.LoadBlock(block);
                    loaded = true;
                }
                var (from, to) = PupilLine.RangeOf(school, pupil.Spans[0]);
                masks.Read(slot, from, to, Days);
                Sections.LoadPupil(school, slot, Days);
            }
            else
            {
                ReadLine(new PupilPlace(school, block, slot), inputs);
            }
            outcomes[slot] = ScreenDays(school, pupil, inputs);
            if (!values.IsEmpty) Values.CopyTo(values.Slice(slot * IndicatorCatalogue.Count, IndicatorCatalogue.Count));
        }
    }

    /// <summary>Screens one pupil; <see cref="Values"/>, <see cref="Outcomes"/> and <see cref="Days"/> then speak of the pupil.</summary>
    internal PupilOutcome ScreenPlace(PupilPlace place, ScreeningInputs inputs)
    {
        if (MayNotScreen(place.Enrollments, inputs) is { } reason)
            return new PupilOutcome { Kind = KindOf(place.School, place, inputs), NotScreenedBecause = reason };
        ReadLine(place, inputs);
        return ScreenDays(place.School, place.Enrollments, inputs);
    }

    /// <summary>The answer for a pupil this school does not screen on that date, or null.</summary>
    private static PupilOutcome? NotScreened(SchoolBaseline school, PupilPlace place, ScreeningInputs inputs)
    {
        if (KindOf(school, place, inputs) is var kind and not PlaceKind.OnRoll) return new PupilOutcome { Kind = kind };
        return MayNotScreen(place.Enrollments, inputs) is { } reason
            ? new PupilOutcome { Kind = PlaceKind.OnRoll, NotScreenedBecause = reason }
            : null;
    }

    private static NotScreenedReason? MayNotScreen(RegisterSlot pupil, ScreeningInputs inputs) =>
        !inputs.HasLegalBasis ? NotScreenedReason.NoLegalBasis
        : inputs.OptedOut.Count != 0 && inputs.OptedOut.Contains(pupil.Student) ? NotScreenedReason.OptedOut
        : null;

    private static PlaceKind KindOf(SchoolBaseline school, PupilPlace place, ScreeningInputs inputs)
    {
        var pupil = place.Enrollments;
        var covered = false;
        for (var i = 0; i < pupil.Spans.Count; i++) covered |= pupil.Spans[i].Covers(school.AsOf);
        if (!covered) return PlaceKind.NotOnRoll;
        if (!pupil.ElsewhereToo || inputs.Places.Find(pupil.Student) is not { } places) return PlaceKind.OnRoll;
        return PupilLine.Holder(places, school.AsOf) is { } holder && holder.School.Register.School != school.Register.School
            ? PlaceKind.HeldElsewhere
            : PlaceKind.OnRoll;
    }

    private void ReadLine(PupilPlace place, ScreeningInputs inputs)
    {
        var places = place.Enrollments.ElsewhereToo ? inputs.Places.Find(place.Enrollments.Student) : null;
        if (places is null)
        {
            ownPlace.Clear();
            ownPlace.Add(place);
            places = ownPlace;
        }
        line.Read(places, Days);
        Sections.LoadPupil(places, Days);
    }

    private PupilOutcome ScreenDays(SchoolBaseline school, RegisterSlot pupil, ScreeningInputs inputs)
    {
        register.Compute(Days, Values);
        Values[(int)Indicator.Last20SameSectionAbsences] = IndicatorValue.Count(Sections.Most(Days, register.Windows.Last20));
        ReadForms(school, pupil, inputs);

        var rules = Rules.Compiled;
        var resting = school.AttendanceRests is null ? 0 : rules.RegisterRules;
        ulong fired = 0;
        Array.Clear(Outcomes);
        for (var left = rules.Candidates(Values) & ~resting; left != 0; left &= left - 1)
        {
            var rule = BitOperations.TrailingZeroCount(left);
            Outcomes[rule] = rules.Try(rule, Values);
            if (Outcomes[rule].Fired) fired |= 1UL << rule;
        }
        var (known, expected) = register.Completeness(Days);
        var outcome = new PupilOutcome
        {
            Kind = PlaceKind.OnRoll,
            NotScreenedBecause = school.AttendanceRests,
            KnownSessions = (short)known,
            ExpectedSessions = (short)expected,
        };
        Outcomes.CopyTo(WithExceptional, 0);
        if (fired == 0) return outcome;

        var corroborating = Days;
        if ((fired & rules.RegisterRules) != 0 && Days.HasExceptionalDays)
        {
            fired = LeaveOutExceptional(fired);
            corroborating = blanked;
        }
        var (level, quarters) = levels.Decide(Outcomes, corroborating);
        return outcome with { Level = level, PriorityQuarters = quarters, FiredRules = fired };
    }

    /// <summary>A rule fires only if it also fires with the school's exceptional sessions blank.</summary>
    private ulong LeaveOutExceptional(ulong fired)
    {
        blanked.CopyWithoutExceptional(Days);
        Values.CopyTo(blankedValues, 0);
        register.Compute(blanked, blankedValues);
        blankedValues[(int)Indicator.Last20SameSectionAbsences] =
            IndicatorValue.Count(Sections.Most(blanked, register.Windows.Last20));
        var stillFired = fired;
        for (var left = fired & Rules.Compiled.RegisterRules; left != 0; left &= left - 1)
        {
            var rule = BitOperations.TrailingZeroCount(left);
            Outcomes[rule] = RuleOutcome.Both(Outcomes[rule], Rules.Compiled.Try(rule, blankedValues));
            if (!Outcomes[rule].Fired) stillFired &= ~(1UL << rule);
        }
        return stillFired;
    }

    private void ReadForms(SchoolBaseline school, RegisterSlot pupil, ScreeningInputs inputs)
    {
        Forms = inputs.Observations.Of(pupil.Student);
        var last20 = register.Windows.Last20;
        var from = last20.IsEmpty ? DateOnly.MaxValue : Days.Dates[last20.From];
        ObservationIndicators.Compute(last20.IsEmpty ? [] : Forms, from, school.AsOf, Values);
    }
}
