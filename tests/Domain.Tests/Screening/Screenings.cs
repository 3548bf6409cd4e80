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

    /// <summary>A school of so many weekdays with one pupil.</summary>
    public static BuiltRegister One(string marks, int? days = null) =>
        new RegisterBuilder().Weekdays(Start, days ?? marks.Replace(" ", "", StringComparison.Ordinal).Length).Pupil("ada", marks).Build();

    public static string[] RuleIds(this ScreeningResult result) =>
        [.. result.Triggers.Concat(result.Protective).Select(t => t.RuleId)];

    public static string Times(this char mark, int count) => new(mark, count);
}
