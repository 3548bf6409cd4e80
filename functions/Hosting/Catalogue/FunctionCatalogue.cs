using System.Reflection;
using System.Text;

namespace SchoolSignal.Functions.Hosting.Catalogue;

/// <summary>Every function of the app, found by its attributes, in ordinal order of the names.</summary>
public sealed class FunctionCatalogue
{
    private FunctionCatalogue(IReadOnlyList<FunctionBinding> functions) => Functions = functions;

    public IReadOnlyList<FunctionBinding> Functions { get; }

    /// <summary>The classes that hold functions, each once.</summary>
    public IEnumerable<Type> Classes => Functions.Select(f => f.Class).Distinct();

    /// <summary>The functions of this assembly.</summary>
    public static FunctionCatalogue OfThisApp() => Of(typeof(FunctionCatalogue).Assembly.GetTypes());

    /// <exception cref="InvalidOperationException">A function breaks a rule that one of the two hosts needs; the message
    /// names every fault.</exception>
    public static FunctionCatalogue Of(IEnumerable<Type> types)
    {
        var faults = new List<string>();
        var functions = new List<FunctionBinding>();
        foreach (var method in types.SelectMany(FunctionRules.Methods))
        {
            var (function, faultsOfMethod) = FunctionRules.Read(method);
            faults.AddRange(faultsOfMethod);
            if (function is not null) functions.Add(function);
        }
        functions.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        faults.AddRange(FunctionRules.Clashes(functions));
        return faults.Count == 0
            ? new FunctionCatalogue(functions)
            : throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>The bindings as text, one function a line: both builds must give the same, and a test compares it with the
    /// committed file, so that no address, queue or schedule changes unseen.</summary>
    public string Snapshot()
    {
        var text = new StringBuilder();
        foreach (var function in Functions)
            text.Append(function.Name).Append(" | ").Append(Describe(function.Trigger)).Append('\n');
        return text.ToString();
    }

    private static string Describe(TriggerBinding trigger) => trigger switch
    {
        TriggerBinding.Http http => $"http | {string.Join(',', http.Methods)} | /{http.Route}",
        TriggerBinding.Queue queue => $"queue | {queue.Setting}{(queue.Sessions ? " | sessions" : "")}",
        TriggerBinding.Timer timer =>
            $"timer | {timer.Setting}{(timer.RunOnStartup ? " | on start" : "")}{(timer.UseMonitor ? " | monitored" : "")}",
        _ => throw new InvalidOperationException("An unknown kind of trigger."),
    };
}
