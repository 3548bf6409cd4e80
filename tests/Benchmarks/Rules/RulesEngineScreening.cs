using System.Text.Json;
using RulesEngine.Models;
using SchoolSignal.Benchmarks.Measuring;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>The starting rule set of evidence §8 in Microsoft's RulesEngine, compiled once.</summary>
public sealed class RulesEngineScreening
{
    private const string Workflow = "starting-rules";

    private readonly RulesEngine.RulesEngine engine;

    /// <param name="tuned">The quickest settings it offers: no scoped parameters, no message formatting, no actions, its
    /// fast compiler. Otherwise its defaults.</param>
    public RulesEngineScreening(bool tuned)
    {
        var workflow = JsonSerializer.Deserialize<Workflow>(Sql.Read("starting-rules.json"))!;
        engine = new RulesEngine.RulesEngine([workflow], tuned
            ? new ReSettings { EnableScopedParams = false, EnableFormattedErrorMessage = false, AutoExecuteActions = false, UseFastExpressionCompiler = true }
            : new ReSettings());
    }

    /// <summary>Which rules fire for a pupil.</summary>
    /// <param name="all">Indicators over all sessions.</param>
    /// <param name="usual">The same with the school's exceptional sessions left out.</param>
    public IReadOnlyList<string> Fired(AttendanceFacts all, AttendanceFacts usual, ObservedFacts seen)
    {
        // With actions off the task is already complete.
        var results = engine.ExecuteAllRulesAsync(Workflow, [new RuleParameter("all", all), new RuleParameter("usual", usual), new RuleParameter("seen", seen)]).AsTask().GetAwaiter().GetResult();
        List<string> fired = [];
        foreach (var result in results)
        {
            if (result.ExceptionMessage is { Length: > 0 } message && !result.IsSuccess && message.Contains("Exception", StringComparison.Ordinal)) throw new InvalidOperationException(message);
            if (result.IsSuccess) fired.Add(result.Rule.RuleName);
        }

        return fired;
    }
}
