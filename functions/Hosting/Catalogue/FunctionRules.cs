using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace SchoolSignal.Functions.Hosting.Catalogue;

/// <summary>What a function may look like so that the worker and the Local host run it alike (design.md, "One set of
/// function classes, two hosts").</summary>
internal static class FunctionRules
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Kept by the Functions host for itself.
    private static readonly string[] Reserved = ["admin", "runtime"];

    private static readonly string[] KnownMethods = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

    /// <summary>What a route value may be bound to.</summary>
    public static readonly IReadOnlyList<Type> RouteValueTypes =
        [typeof(string), typeof(int), typeof(long), typeof(Guid), typeof(DateOnly)];

    public static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(Everything).Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null);

    public static (FunctionBinding? Function, IReadOnlyList<string> Faults) Read(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var faults = new List<string>();
        CheckName(name, faults);
        CheckPlace(method, faults);

        var triggers = method.GetParameters().Where(p => Triggers(p).Any()).ToList();
        TriggerBinding? trigger = null;
        if (triggers.Count != 1)
            faults.Add("has not exactly one trigger parameter");
        else
            trigger = ReadTrigger(method, triggers[0], faults);

        var described = faults.ConvertAll(fault => $"{method.DeclaringType!.Name}.{method.Name} ({name}) {fault}.");
        return (trigger is null ? null : new FunctionBinding(name, method, trigger), described);
    }

    /// <summary>Two functions of one name, or of one address and method, or on one queue.</summary>
    public static IEnumerable<string> Clashes(IReadOnlyList<FunctionBinding> functions)
    {
        foreach (var same in functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            yield return $"Two functions are named {same.Key}.";
        var addresses =
            from function in functions
            let http = function.Trigger as TriggerBinding.Http
            where http is not null
            from method in http.Methods
            group function by $"{method} /{http.Route}".ToUpperInvariant();
        foreach (var same in addresses.Where(g => g.Count() > 1))
            yield return $"{string.Join(" and ", same.Select(f => f.Name))} answer at one address: {same.Key}.";
        foreach (var same in functions.Where(f => f.Trigger is TriggerBinding.Queue)
                     .GroupBy(f => ((TriggerBinding.Queue)f.Trigger).Setting).Where(g => g.Count() > 1))
            yield return $"{string.Join(" and ", same.Select(f => f.Name))} take from one queue: {same.Key}.";
    }

    private static IEnumerable<Attribute> Triggers(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().Where(a => a is HttpTriggerAttribute or ServiceBusTriggerAttribute or TimerTriggerAttribute);

    private static void CheckName(string name, List<string> faults)
    {
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            faults.Add("has a name that is not a letter followed by letters, digits, '-' or '_'");
        if (BeginsReserved(name)) faults.Add("has a name that begins with admin or runtime, which the Functions host keeps for itself");
    }

    private static void CheckPlace(MethodInfo method, List<string> faults)
    {
        var type = method.DeclaringType!;
        if (!method.IsPublic || method.IsStatic || method.IsGenericMethod) faults.Add("is not a public instance method");
        if (!type.IsVisible || type.IsAbstract || type.IsGenericType || type.GetConstructors().Length != 1)
            faults.Add("stands in a class that is not public, concrete and of one public constructor");
    }

    private static TriggerBinding ReadTrigger(MethodInfo method, ParameterInfo parameter, List<string> faults) =>
        Triggers(parameter).First() switch
        {
            HttpTriggerAttribute http => ReadHttp(method, parameter, http, faults),
            ServiceBusTriggerAttribute queue => ReadQueue(method, parameter, queue, faults),
            TimerTriggerAttribute timer => ReadTimer(method, parameter, timer, faults),
            _ => throw new InvalidOperationException("An unknown kind of trigger."),
        };

    private static TriggerBinding.Http ReadHttp(MethodInfo method, ParameterInfo parameter, HttpTriggerAttribute http, List<string> faults)
    {
        if (parameter.ParameterType != typeof(HttpRequest)) faults.Add("binds its HTTP trigger to something else than HttpRequest");
        if (method.ReturnType != typeof(IResult) && method.ReturnType != typeof(Task<IResult>))
            faults.Add("answers HTTP with something else than IResult or Task<IResult>");
        if (http.AuthLevel != AuthorizationLevel.Anonymous) faults.Add("is not Anonymous: the gate decides, not a host key");

        var methods = (http.Methods ?? []).Select(m => m.ToUpperInvariant()).Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Count == 0 || !methods.TrueForAll(KnownMethods.Contains)) faults.Add("does not name its HTTP methods");

        var route = http.Route ?? "";
        var values = RouteValues(route, faults);
        foreach (var other in method.GetParameters().Where(p => p.Position != parameter.Position && p.ParameterType != typeof(CancellationToken)))
        {
            if (!values.Contains(other.Name!, StringComparer.OrdinalIgnoreCase))
                faults.Add($"has a parameter '{other.Name}' that is not in its route");
            else if (!RouteValueTypes.Contains(other.ParameterType))
                faults.Add($"binds the route value '{other.Name}' to {other.ParameterType.Name}");
        }
        return new TriggerBinding.Http(route, methods);
    }

    private static List<string> RouteValues(string route, List<string> faults)
    {
        if (route.Length == 0)
        {
            // The host would turn an empty route into the function's name.
            faults.Add("has no route (the start page is '{root:maxlength(0)?}')");
            return [];
        }
        if (route[0] == '/') faults.Add("has a route that begins with '/'");
        if (BeginsReserved(route)) faults.Add("has a route that begins with admin or runtime, which the Functions host keeps for itself");
        try
        {
            return [.. RoutePatternFactory.Parse(route).Parameters.Select(p => p.Name)];
        }
        catch (RoutePatternException)
        {
            faults.Add("has a route that cannot be read");
            return [];
        }
    }

    private static TriggerBinding.Queue ReadQueue(MethodInfo method, ParameterInfo parameter, ServiceBusTriggerAttribute queue, List<string> faults)
    {
        if (parameter.ParameterType != typeof(string)) faults.Add("takes its message as something else than string, the envelope");
        CheckBackground(method, parameter, faults);
        if (!FunctionSettings.IsReference(queue.QueueName)) faults.Add("names its queue by something else than a %SETTING%");
        if (string.IsNullOrEmpty(queue.Connection)) faults.Add("does not name the setting of its connection");
        // Said on the attribute, not left to host.json: return = completed, throw = abandoned.
        if (!queue.AutoCompleteMessages) faults.Add("does not say AutoCompleteMessages = true");
        if (queue.IsBatched) faults.Add("takes messages in batches: one failing would bring back its neighbours");
        return new TriggerBinding.Queue(queue.QueueName ?? "", queue.IsSessionsEnabled);
    }

    private static TriggerBinding.Timer ReadTimer(MethodInfo method, ParameterInfo parameter, TimerTriggerAttribute timer, List<string> faults)
    {
        if (parameter.ParameterType != typeof(TimerInfo)) faults.Add("binds its timer trigger to something else than TimerInfo");
        CheckBackground(method, parameter, faults);
        if (!FunctionSettings.IsReference(timer.Schedule)) faults.Add("names its schedule by something else than a %SETTING%");
        return new TriggerBinding.Timer(timer.Schedule, timer.RunOnStartup, timer.UseMonitor);
    }

    private static void CheckBackground(MethodInfo method, ParameterInfo trigger, List<string> faults)
    {
        if (method.ReturnType != typeof(Task)) faults.Add("returns something else than Task");
        foreach (var other in method.GetParameters().Where(p => p.Position != trigger.Position && p.ParameterType != typeof(CancellationToken)))
            faults.Add($"has a parameter '{other.Name}' beside its trigger and a CancellationToken");
    }

    private static bool BeginsReserved(string text) =>
        Reserved.Any(word => text.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}
