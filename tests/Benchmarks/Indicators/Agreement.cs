using System.Globalization;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Benchmarks.Rules;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>One number, or the rules fired, of one pupil on which the register engine and the SQL differ.</summary>
public sealed record Disagreement(int Pupil, string What, string Register, string Sql)
{
    public override string ToString() => $"pupil {Pupil}: {What}: register {Register}, SQL {Sql}";
}

/// <summary>Compares the register engine pupil by pupil with DuckDB's SQL (indicators) and RulesEngine over the SQL's
/// numbers (rules fired).</summary>
public sealed record Agreement(int Pupils, int Indicators, long RulesFired, IReadOnlyList<Disagreement> Disagreements)
{
    /// <summary>Rates are quotients of small counts on both sides; only the order of additions differs.</summary>
    private const double Tolerance = 1e-9;

    public static Agreement Check(DistrictShape shape, DateOnly asOf)
    {
        var screening = new RegisterScreening(new SyntheticDistrict(shape).AllSchools(), asOf).KeepingValues();
        screening.Run();
        using var duckDb = new DuckDbDistrict();
        duckDb.Load(screening.Schools);
        duckDb.ComputeIndicators(asOf);
        var all = duckDb.ReadIndicators().ToDictionary(i => i.Pupil);
        duckDb.ComputeIndicators(asOf, leaveExceptionalOut: true);
        var usual = duckDb.ReadIndicators().ToDictionary(i => i.Pupil);

        var compared = IndicatorCatalogue.All.Where(d => all.Count > 0 && all.Values.First().Has(d.Name)).ToList();
        var rules = new RulesEngineScreening(tuned: true);
        List<Disagreement> disagreements = [];
        var pupils = 0;
        var rulesFired = 0L;
        foreach (var (key, outcome, values) in OnRoll(screening))
        {
            pupils++;
            if (!all.TryGetValue(key, out var sql))
            {
                // On roll, but no day yet.
                if (values[Indicator.PossibleSessions].ToDouble() != 0) disagreements.Add(new Disagreement(key, "days", "some", "none"));
                continue;
            }

            foreach (var definition in compared)
                if (!Same(values[definition.Indicator].ToDouble(), sql[definition.Name]))
                    disagreements.Add(new Disagreement(key, definition.Name, Text(values[definition.Indicator].ToDouble()), Text(sql[definition.Name])));

            var fired = string.Join(' ', RuleSet.Starting.RulesOf(outcome.FiredRules).Select(r => r.Id));
            var rival = rules.Fired(AttendanceFacts.From(sql), AttendanceFacts.From(usual[key]), ObservedFacts.None);
            rulesFired += rival.Count;
            if (fired != string.Join(' ', rival)) disagreements.Add(new Disagreement(key, "rules", fired, string.Join(' ', rival)));
        }

        return new Agreement(pupils, compared.Count, rulesFired, disagreements);
    }

    private static IEnumerable<(int Pupil, PupilOutcome Outcome, PupilIndicators Values)> OnRoll(RegisterScreening screening)
    {
        for (var school = 0; school < screening.Schools.Count; school++)
            foreach (var block in screening.Schools[school].Register.Blocks)
                for (var slot = 0; slot < RegisterBlock.Width; slot++)
                {
                    var place = (block.Number * RegisterBlock.Width) + slot;
                    var outcome = screening.Outcomes[school][place];
                    if (outcome.Kind != PlaceKind.OnRoll) continue;
                    yield return (SyntheticSchool.PupilOf(block.Slots[slot]!.Student), outcome, screening.Values[school][block.Number].Of(slot));
                }
    }

    private static bool Same(double? a, double? b) => a.HasValue == b.HasValue && (a is null || Math.Abs(a.Value - b!.Value) <= Tolerance);

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "undefined";
}
