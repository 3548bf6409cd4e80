using Google.OrTools.LinearSolver;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A linear program, solved in floating point: its answers are suggestions, to be checked in whole numbers.</summary>
/// <param name="whole">Whether the variables are whole numbers; for small programs only.</param>
internal sealed class LinearProgram(bool whole = false) : IDisposable
{
    private readonly Solver solver = Solver.CreateSolver(whole ? "SCIP" : "CLP") ?? throw new InvalidOperationException("The solver does not load on this system.");
    private readonly List<Variable> variables = [];
    private readonly List<double> bounds = [];

    public int Count => variables.Count;

    /// <summary>The new variable's place.</summary>
    public int AddVariable(double least, double most)
    {
        variables.Add(solver.MakeVar(least, most, whole, ""));
        bounds.Add(most);
        return Count - 1;
    }

    /// <param name="terms">Each variable once.</param>
    public void AddConstraint(double least, double most, IEnumerable<(int Variable, double Factor)> terms)
    {
        var constraint = solver.MakeConstraint(least, most);
        foreach (var (variable, factor) in terms) constraint.SetCoefficient(variables[variable], factor);
    }

    /// <summary>Holds a variable down until <see cref="ResetMost"/>.</summary>
    public void SetMost(int variable, double most) => variables[variable].SetUb(Math.Max(variables[variable].Lb(), Math.Min(most, bounds[variable])));

    public void ResetMost(int variable) => variables[variable].SetUb(bounds[variable]);

    public void SetBounds(int variable, double least, double most)
    {
        variables[variable].SetBounds(least, most);
        bounds[variable] = most;
    }

    public void SetWeight(int variable, double weight) => solver.Objective().SetCoefficient(variables[variable], weight);

    /// <summary>The values at the optimum; null if none was found.</summary>
    public double[]? Solve(bool maximize, TimeSpan limit)
    {
        solver.Objective().SetOptimizationDirection(maximize);
        solver.SetTimeLimit(Math.Max(1, (long)limit.TotalMilliseconds));
        return solver.Solve() is Solver.ResultStatus.OPTIMAL ? [.. variables.Select(v => v.SolutionValue())] : null;
    }

    /// <summary>How much the optimum just found would change for each step of the variable away from its bound; 0 where it does not lean on the
    /// bound.</summary>
    public double ReducedCost(int variable) => variables[variable].ReducedCost();

    public void Dispose() => solver.Dispose();
}
