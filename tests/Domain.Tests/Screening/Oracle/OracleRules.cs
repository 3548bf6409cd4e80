using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.Screening.Oracle;

internal sealed record OracleTrigger(string RuleId, RuleFamily Family, decimal Points, bool Severe, List<DateOnly> Dates);

/// <summary>The starting rule set written out by hand from evidence.md §8.</summary>
internal static class OracleRules
{
    private const double Hair = 1e-9;

    /// <summary>What fires both with and without the school's exceptional sessions.</summary>
    public static (List<OracleTrigger> Triggers, Level Level, decimal Priority) Screen(ModelPupil pupil, DateOnly asOf, bool attendanceRests = false)
    {
        var line = OracleLine.Of(pupil, asOf);
        var with = Fire(new OracleIndicators(pupil, line, asOf));
        var without = Fire(new OracleIndicators(pupil, OracleLine.WithoutExceptional(line), asOf));
        if (attendanceRests)
        {
            with.RemoveAll(ReadsRegister);
            without.RemoveAll(ReadsRegister);
        }
        var triggers = new List<OracleTrigger>();
        var corroborating = new List<OracleTrigger>();
        foreach (var trigger in with)
        {
            if (without.Find(t => t.RuleId == trigger.RuleId) is not { } again) continue;
            triggers.Add(trigger with
            {
                Points = Math.Abs(again.Points) < Math.Abs(trigger.Points) ? again.Points : trigger.Points,
                Severe = trigger.Severe && again.Severe,
            });
            corroborating.Add(triggers[^1] with { Dates = again.Dates });
        }
        return (triggers, LevelOf(triggers, corroborating), triggers.Sum(t => t.Points));
    }

    private static bool ReadsRegister(OracleTrigger trigger) =>
        trigger.Family is RuleFamily.Absence or RuleFamily.Pattern or RuleFamily.Partial || trigger.RuleId == "protective.recovering";

    private static Level LevelOf(List<OracleTrigger> triggers, List<OracleTrigger> corroborating)
    {
        var points = triggers.Sum(t => t.Points);
        var two = HaveTwoFamilies(corroborating);
        if ((points >= 8 && two) || triggers.Exists(t => t.Severe && t.Family == RuleFamily.Absence)) return Level.High;
        if ((points >= 5 && two) || triggers.Exists(t => t.RuleId == "absence.severe")) return Level.Raised;
        return points >= 3 ? Level.Watch : Level.None;
    }

    private static bool HaveTwoFamilies(List<OracleTrigger> triggers)
    {
        var families = triggers.Where(t => t.Family != RuleFamily.Protective).GroupBy(t => t.Family)
            .OrderByDescending(f => f.Sum(t => t.Points))
            .ThenByDescending(f => f.SelectMany(t => t.Dates).Distinct().Count())
            .ThenBy(f => f.Key).ToList();
        if (families.Count < 2) return false;
        if (families.Exists(f => f.Key == RuleFamily.Observation)) return true;
        var first = families[0].SelectMany(t => t.Dates).ToHashSet();
        return families.Skip(1).SelectMany(f => f).Any(t => t.Dates.Count(d => !first.Contains(d)) >= 3);
    }

    private static List<OracleTrigger> Fire(OracleIndicators of)
    {
        var fired = new List<OracleTrigger>();
        double? V(string name) => of.Values[name];
        bool AtLeast(string name, double threshold) => V(name) >= threshold - Hair;
        void Add(bool fires, string id, RuleFamily family, decimal points, string evidence, bool severe = false)
        {
            if (!fires) return;
            var dates = of.FormDates.TryGetValue(evidence, out var reaching) ? reaching(3) : of.Dates.GetValueOrDefault(evidence) ?? [];
            fired.Add(new OracleTrigger(id, family, points, severe, dates));
        }

        Add(AtLeast("absenceRateYearToDate", 0.10) && AtLeast("possibleDays", 20), "absence.chronic", RuleFamily.Absence, 2, "absentSessions");
        var half = AtLeast("last45AbsenceRate", 0.5);
        Add(AtLeast("last45AbsenceRate", 0.2) && AtLeast("last45PossibleDays", 20), "absence.severe", RuleFamily.Absence, half ? 6 : 4, "last45AbsenceRate", half);
        Add(V("last20AbsenceRate") - V("previous60AbsenceRate") >= 0.10 - Hair && AtLeast("previous60PossibleDays", 20) && AtLeast("peerExcess", 0.05),
            "absence.rising", RuleFamily.Absence, 3, "last20AbsenceRate");
        var run = V("currentRunDays");
        var medical = V("currentRunAllMedical") == 1;
        var runPoints = run >= 10 ? 5m : 3m;
        Add(run >= 5, "absence.run", RuleFamily.Absence, medical ? runPoints / 2 : runPoints, "currentRunDays", run >= 15 && !medical);
        Add(V("last45SpellsBegun") >= 4, "absence.spells", RuleFamily.Absence, 2, "last45SpellsBegun");
        Add(V("last20UnexplainedDays") >= 3, "absence.unexplained", RuleFamily.Absence, 2, "last20UnexplainedDays");
        Add(V("last45AbsentDays") >= 4 && V("last45FirstDayBackChance") <= 0.05 + Hair, "pattern.firstdayback", RuleFamily.Pattern, 1, "last45FirstDayBackAbsences");
        Add(V("last45ShortIllnessSpells") >= 3, "pattern.somatic", RuleFamily.Pattern, 2, "last45ShortIllnessSpells");
        Add(V("last20LateCount") >= 4 && V("last20LateRate") >= (2 * V("previous60LateRate")) - Hair, "partial.late", RuleFamily.Partial, 2, "last20LateCount");
        Add(V("last20PartialDays") >= 4, "partial.day", RuleFamily.Partial, 2, "last20PartialDays");
        Add(V("last20SameSectionAbsences") >= 4, "partial.section", RuleFamily.Partial, 2, "last20SameSectionAbsences");
        Add(V("withdrawingItems") >= 3, "observed.withdrawing", RuleFamily.Observation, 3, "withdrawingItems");
        Add(V("withdrawingObservers") >= 2, "observed.agreement", RuleFamily.Observation, 2, "withdrawingObservers");
        Add(AtLeast("observedChange", 8), "observed.change", RuleFamily.Observation, 2, "observedChange");
        Add(V("observedAches") >= 3, "observed.somatic", RuleFamily.Observation, 1, "observedAches");
        Add(V("observedSleepiness") >= 3, "observed.sleep", RuleFamily.Observation, 1, "observedSleepiness");
        Add(V("observedSelfCare") >= 3, "observed.selfcare", RuleFamily.Observation, 1, "observedSelfCare");
        Add(V("observedAffect") >= 3, "observed.affect", RuleFamily.Observation, 1, "observedAffect");
        Add(V("observedDropping") >= 3, "observed.dropped", RuleFamily.Observation, 2, "observedDropping");
        Add(V("observedConnection") >= 3, "protective.connection", RuleFamily.Protective, -1, "observedConnection");
        Add(V("last20AbsenceRate") <= (V("previous20AbsenceRate") / 2) + Hair && V("previous20AbsentDays") >= 4,
            "protective.recovering", RuleFamily.Protective, -2, "previous20AbsentDays");
        return fired;
    }
}
