using System.Globalization;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A rule that fired, said to a counsellor: what was seen, over which days, from where on it counts. Words for what
/// happened at school, none for what a pupil might have.</summary>
public static class TriggerWords
{
    /// <summary>What was seen, one clause without a full stop.</summary>
    public static string Seen(Trigger trigger) => trigger.RuleId switch
    {
        "absence.chronic" => $"missed {Share(trigger.Observed)} of sessions since the school year began",
        "absence.severe" => $"missed {Share(trigger.Observed)} of sessions over the last 45 school days",
        "absence.rising" => "missed clearly more over the last 20 school days than over the 60 before, and than others at the school",
        "absence.run" => $"away {Count(trigger.Observed, "school day", "school days")} in a row",
        "absence.spells" => $"{Count(trigger.Observed, "separate spell", "separate spells")} of absence begun in the last 45 school days",
        "absence.unexplained" => "days away in the last 20 school days without an explanation on file",
        "pattern.firstdayback" => "away on the first day back after a weekend or holiday more often than chance would explain",
        "pattern.somatic" => $"{Count(trigger.Observed, "short illness absence", "short illness absences")} begun in the last 45 school days",
        "partial.late" => $"late {Count(trigger.Observed, "time", "times")} in the last 20 school days, at least twice as often as before",
        "partial.day" => $"{Count(trigger.Observed, "part day", "part days")} in the last 20 school days",
        "partial.section" => $"in school but not in the same lesson {Count(trigger.Observed, "time", "times")} in the last 20 school days",
        "observed.withdrawing" => "a teacher's form: keeps apart from others in several ways",
        "observed.agreement" => "a second member of staff reports the same",
        "observed.change" => "a teacher's form differs clearly from the pupil's own earlier forms",
        "observed.somatic" => "a teacher's form: often asks for the nurse, to leave, or reports aches",
        "observed.sleep" => "a teacher's form: often sleepy in the mornings",
        "observed.selfcare" => "a teacher's form: looks after herself or himself less than before",
        "observed.affect" => "a teacher's form: irritable, flat or visibly anxious with others",
        "observed.dropped" => "a teacher's form: gave up clubs, or lost interest in work",
        "protective.connection" => "a teacher's form: seeks out at least one peer or adult",
        "protective.recovering" => "absence at least halved over the last 20 school days",
        _ => $"{trigger.Indicator} at {Number(trigger.Observed)}",
    };

    /// <summary>A whole sentence: what was seen, the days it was looked for in, from where on it counts.</summary>
    public static string Sentence(Trigger trigger)
    {
        var seen = Seen(trigger);
        var counts = Counts(trigger);
        return $"{char.ToUpperInvariant(seen[0])}{seen[1..]} ({Days(trigger.From, trigger.To)}{(counts.Length == 0 ? "" : "; " + counts)}).";
    }

    /// <summary>Where the rule begins to count, inclusive; empty where the clause says it all.</summary>
    private static string Counts(Trigger trigger) => trigger.RuleId switch
    {
        "absence.chronic" or "absence.severe" => $"counts from {Share(trigger.Threshold)}",
        "absence.run" or "absence.spells" or "pattern.somatic" or "partial.late" or "partial.day" or "partial.section" =>
            $"counts from {Number(trigger.Threshold)}",
        _ when trigger.RuleId.StartsWith("absence.", StringComparison.Ordinal) || trigger.RuleId.StartsWith("pattern.", StringComparison.Ordinal)
            || trigger.RuleId.StartsWith("observed.", StringComparison.Ordinal) || trigger.RuleId.StartsWith("protective.", StringComparison.Ordinal) => "",
        _ => $"counts from {Number(trigger.Threshold)}",
    };

    /// <summary>"2 Mar 2026", "2 to 20 Mar 2026", "20 Jan to 20 Mar 2026" or "20 Nov 2025 to 20 Mar 2026".</summary>
    public static string Days(DateOnly from, DateOnly to)
    {
        if (from == to) return Text(to, "d MMM yyyy");
        var start = from.Year != to.Year ? "d MMM yyyy" : from.Month != to.Month ? "d MMM" : "%d";
        return $"{Text(from, start)} to {Text(to, "d MMM yyyy")}";
    }

    private static string Text(DateOnly date, string format) => date.ToString(format, CultureInfo.InvariantCulture);

    private static string Share(decimal fraction) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(fraction * 100m, 1):0.#} %");

    private static string Number(decimal value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Count(decimal value, string one, string more) => value == 1m ? $"1 {one}" : $"{Number(value)} {more}";
}
