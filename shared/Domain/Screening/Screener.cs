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
    private readonly IndicatorBlock ofBlock = new();
    private readonly IndicatorBlock ofPupil = new();
    private readonly IndicatorBlock ofPupilBlanked = new();
    private readonly ulong[] fired = new ulong[IndicatorBlock.Width];
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

    /// <summary>The indicators of the pupil last screened alone.</summary>
    internal PupilIndicators Values => ofPupil.Of(0);

    /// <summary>What the rules came to for the pupil last screened.</summary>
    internal RuleOutcome[] Outcomes { get; }

    /// <summary>The same before the school's exceptional sessions were left out.</summary>
    internal RuleOutcome[] WithExceptional { get; }

    internal Observation[] Forms { get; private set; } = [];

    /// <summary>Screens the up to 64 pupils of a block: first everybody's indicators, then every rule on all of them at
    /// once, then, one by one, the pupils for whom a rule fires.</summary>
    /// <param name="outcomes">At least <see cref="RegisterBlock.Width"/> places; every one is written.</param>
    /// <param name="values">If given, takes the indicators of the pupils on roll who may be screened, each at the pupil's
    /// slot; the rest are undefined.</param>
    public void ScreenBlock(
        SchoolBaseline school, RegisterBlock block, ScreeningInputs inputs, Span<PupilOutcome> outcomes, IndicatorBlock? values = null)
    {
        ArgumentNullException.ThrowIfNull(school);
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(inputs);
        values ??= ofBlock;
        values.Clear();
        outcomes = outcomes[..RegisterBlock.Width];
        outcomes.Clear();
        ulong screened = 0;
        var loaded = false;
        for (var slot = 0; slot < block.Slots.Count; slot++)
        {
            if (block.Slots[slot] is null) continue;
            var place = new PupilPlace(school, block, slot);
            if (NotScreened(school, place, inputs) is { } answer)
            {
                outcomes[slot] = answer;
                continue;
            }
            if (!loaded) Load(school, block);
            loaded = true;
            Read(place, inputs);
            outcomes[slot] = Measure(place, inputs, values.Of(slot));
            screened |= 1UL << slot;
        }
        if (screened == 0) return;

        var judging = Judging(school);
        Rules.Compiled.Try(values, fired);
        for (; screened != 0; screened &= screened - 1)
        {
            var slot = BitOperations.TrailingZeroCount(screened);
            if ((fired[slot] & judging) == 0) continue;
            var place = new PupilPlace(school, block, slot);
            Read(place, inputs);
            outcomes[slot] = Judge(place, inputs, fired[slot] & judging, values.Of(slot), outcomes[slot]);
        }
    }

    /// <summary>Screens one pupil; <see cref="Values"/>, <see cref="Outcomes"/> and <see cref="Days"/> then speak of the pupil.</summary>
    internal PupilOutcome ScreenPlace(PupilPlace place, ScreeningInputs inputs)
    {
        if (MayNotScreen(place.Enrollments, inputs) is { } reason)
            return new PupilOutcome { Kind = KindOf(place.School, place, inputs), NotScreenedBecause = reason };
        ReadLine(place, inputs);
        ofPupil.Clear();
        var outcome = Measure(place, inputs, Values);
        Rules.Compiled.Try(ofPupil, fired);
        return Judge(place, inputs, fired[Values.Slot] & Judging(place.School), Values, outcome);
    }

    /// <summary>Works out what the indicators of the pupil last read are with the school's exceptional sessions blank: no
    /// possible session stood there.</summary>
    internal void MeasureWithoutExceptional(PupilPlace place, ScreeningInputs inputs, PupilIndicators into)
    {
        blanked.CopyWithoutExceptional(Days);
        Compute(blanked, place, inputs, into);
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

    /// <summary>The rules that judge: all of them, or those on observations while the school's feed rests.</summary>
    private ulong Judging(SchoolBaseline school) => school.AttendanceRests is null ? ulong.MaxValue : ~Rules.Compiled.RegisterRules;

    private void Load(SchoolBaseline school, RegisterBlock block)
    {
        masks.Load(school, block);
        Sections.LoadBlock(block);
    }

    /// <summary>Reads the days of a pupil of the loaded block.</summary>
    private void Read(PupilPlace place, ScreeningInputs inputs)
    {
        var pupil = place.Enrollments;
        if (pupil.ElsewhereToo || pupil.Spans.Count != 1)
        {
            ReadLine(place, inputs);
            return;
        }
        var (from, to) = PupilLine.RangeOf(place.School, pupil.Spans[0]);
        masks.Read(place.Slot, from, to, Days);
        Sections.LoadPupil(place.School, place.Slot, Days);
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

    /// <summary>Works out the indicators of the pupil last read.</summary>
    private PupilOutcome Measure(PupilPlace place, ScreeningInputs inputs, PupilIndicators into)
    {
        Compute(Days, place, inputs, into);
        var (known, expected) = register.Completeness(Days);
        return new PupilOutcome
        {
            Kind = PlaceKind.OnRoll,
            NotScreenedBecause = place.School.AttendanceRests,
            KnownSessions = (short)known,
            ExpectedSessions = (short)expected,
        };
    }

    private void Compute(PupilDays days, PupilPlace place, ScreeningInputs inputs, PupilIndicators into)
    {
        register.Compute(days, into);
        var last20 = register.Windows.Last20;
        into.Count(Indicator.Last20SameSectionAbsences, Sections.Most(days, last20));
        Forms = inputs.Observations.Of(place.Enrollments.Student);
        if (Forms.Length != 0 && !last20.IsEmpty) ObservationIndicators.Compute(Forms, days.Dates[last20.From], place.School.AsOf, into);
    }

    /// <summary>Decides on the pupil last read, for whom these rules fire.</summary>
    private PupilOutcome Judge(PupilPlace place, ScreeningInputs inputs, ulong firing, PupilIndicators values, PupilOutcome measured)
    {
        Array.Clear(Outcomes);
        for (var left = firing; left != 0; left &= left - 1)
        {
            var rule = BitOperations.TrailingZeroCount(left);
            Outcomes[rule] = Rules.Compiled.Outcome(rule, values);
        }
        Outcomes.CopyTo(WithExceptional, 0);
        if (firing == 0) return measured;

        var corroborating = Days;
        if ((firing & Rules.Compiled.RegisterRules) != 0 && Days.HasExceptionalDays)
        {
            firing = LeaveOutExceptional(place, inputs, firing);
            corroborating = blanked;
        }
        var (level, quarters) = levels.Decide(Outcomes, corroborating);
        return measured with { Level = level, PriorityQuarters = quarters, FiredRules = firing };
    }

    /// <summary>A rule fires only if it also fires with the school's exceptional sessions blank.</summary>
    private ulong LeaveOutExceptional(PupilPlace place, ScreeningInputs inputs, ulong firing)
    {
        ofPupilBlanked.Clear();
        var usual = ofPupilBlanked.Of(0);
        MeasureWithoutExceptional(place, inputs, usual);
        var stillFiring = firing;
        for (var left = firing & Rules.Compiled.RegisterRules; left != 0; left &= left - 1)
        {
            var rule = BitOperations.TrailingZeroCount(left);
            Outcomes[rule] = RuleOutcome.Both(Outcomes[rule], Rules.Compiled.Try(rule, usual));
            if (!Outcomes[rule].Fired) stillFiring &= ~(1UL << rule);
        }
        return stillFiring;
    }
}
