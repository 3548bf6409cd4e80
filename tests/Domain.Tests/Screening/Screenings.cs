using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Testing.Registers;

namespace SchoolSignal.Domain.Tests.Screening;

/// <summary>Short ways to screen the pupils of a built register.</summary>
internal static class Screenings
{
    public static readonly DateOnly Start = new(2025, 9, 1);

    public static readonly ScreeningInputs Lawful = new(HasLegalBasis: true);

    public static ScreeningResult Screen(this BuiltRegister register, string pupil, ScreeningInputs? inputs = null, RuleSet? rules = null) =>
        new ScreeningReport(new Screener(rules ?? RuleSet.Starting)).Screen(register.Place(pupil), inputs ?? Lawful);

    public static Explanation Explain(this BuiltRegister register, string pupil, ScreeningInputs? inputs = null) =>
        new ScreeningReport(new Screener(RuleSet.Starting)).Explain(register.Place(pupil), inputs ?? Lawful);

    /// <summary>A form on "ada": <paramref name="answers"/> from item 1 on, '-' where there was no chance to see; the rest is 0.</summary>
    public static Observation Form(DateOnly date, string answers, string observer = "mr-brown") => new(
        new ObservationId(Guid.NewGuid()), RegisterBuilder.KeyOf("ada"), SchoolId.Parse("school-1"), date, observer,
        [.. answers.PadRight(Observation.ItemCount, '0').Select(a => a == '-' ? (byte?)null : (byte)(a - '0'))]);

    public static ScreeningInputs With(params Observation[] forms) => Lawful with { Observations = new ObservationIndex(forms) };

    /// <summary>A school of so many weekdays with one pupil.</summary>
    public static BuiltRegister One(string marks, int? days = null) =>
        new RegisterBuilder().Weekdays(Start, days ?? marks.Replace(" ", "", StringComparison.Ordinal).Length).Pupil("ada", marks).Build();

    public static string[] RuleIds(this ScreeningResult result) =>
        [.. result.Triggers.Concat(result.Protective).Select(t => t.RuleId)];

    /// <summary>Writes out "3/ 2I" as "///II".</summary>
    public static string Spell(string counted) => string.Concat(counted.Split(' ').Select(part =>
        part[^1].Times(int.Parse(part[..^1], System.Globalization.CultureInfo.InvariantCulture))));

    public static string Times(this char mark, int count) => new(mark, count);
}
