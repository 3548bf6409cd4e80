using System.Globalization;

namespace SchoolSignal.Benchmarks;

/// <summary>The command line.</summary>
/// <param name="Quick">A tenth of the size: to see that it works, not to quote.</param>
/// <param name="Work">Where large files go; they are kept for the next run.</param>
/// <param name="Runs">The median of so many, after a warm-up.</param>
public sealed record BenchmarkOptions(string Mode, bool Quick, string Work, int Runs)
{
    public const string Usage = "usage: import|screen|agreement|rules|scale|rescreen|audit|forms|worklist|peak|suppress|count|all [--quick] [--runs N] [--work DIR] [--shape PUPILSxDAYS]";

    /// <summary>The one import to measure, as 50000x20; null for all of them.</summary>
    public string? Shape { get; init; }

    /// <summary>Null where the arguments make no sense.</summary>
    public static BenchmarkOptions? Parse(IReadOnlyList<string> args)
    {
        if (args is not [var mode, ..]) return null;
        var options = new BenchmarkOptions(mode, false, Path.Combine(Path.GetTempPath(), "schoolsignal-benchmarks"), 5);
        for (var i = 1; i < args.Count; i++)
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--work" when i + 1 < args.Count:
                    options = options with { Work = args[++i] };
                    break;
                case "--shape" when i + 1 < args.Count:
                    options = options with { Shape = args[++i] };
                    break;
                case "--runs" when i + 1 < args.Count && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs > 0:
                    options = options with { Runs = runs };
                    i++;
                    break;
                default:
                    return null;
            }

        return options;
    }
}
