using Google.OrTools.LinearSolver;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A linear program, solved in floating point: its answers are suggestions, to be checked in whole numbers.</summary>
internal sealed class LinearProgram : IDisposable
{
    private readonly Solver solver = Solver.CreateSolver("CLP") ?? throw new InvalidOperationException("The linear solver does not load on this system.");
    private readonly List<Variable> variables = [];

    public int Count => variables.Count;

    /// <summary>The new variable's place.</summary>
    public int AddVariable(double least, double most)
    {
        variables.Add(solver.MakeNumVar(least, most, ""));
        return Count - 1;
    }

    public void AddConstraint(double least, double most, IEnumerable<(int Variable, double Factor)> terms)
    {
        var constraint = solver.MakeConstraint(least, most);
        // A cell that is its own total's only part stands twice in a sum.
        foreach (var (variable, factor) in terms)
            constraint.SetCoefficient(variables[variable], constraint.GetCoefficient(variables[variable]) + factor);
    }

    public void SetWeight(int variable, double weight) => solver.Objective().SetCoefficient(variables[variable], weight);

    /// <summary>The values at the optimum; null if none was found.</summary>
    public double[]? Solve(bool maximize, TimeSpan limit)
    {
        solver.Objective().SetOptimizationDirection(maximize);
        solver.SetTimeLimit(Math.Max(1, (long)limit.TotalMilliseconds));
        return solver.Solve() is Solver.ResultStatus.OPTIMAL ? [.. variables.Select(v => v.SolutionValue())] : null;
    }

    public void Dispose() => solver.Dispose();
}
