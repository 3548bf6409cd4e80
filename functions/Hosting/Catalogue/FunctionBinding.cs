using System.Reflection;

namespace SchoolSignal.Functions.Hosting.Catalogue;

/// <summary>A function as both hosts see it: its name, the method behind it, and what sets it off.</summary>
public sealed record FunctionBinding(string Name, MethodInfo Method, TriggerBinding Trigger)
{
    public Type Class => Method.DeclaringType!;

    public IReadOnlyList<ParameterInfo> Parameters { get; } = Method.GetParameters();
}

/// <summary>What sets a function off. Queue names and schedules are settings, written <c>%NAME%</c>.</summary>
public abstract record TriggerBinding
{
    /// <param name="Methods">Upper case, in ordinal order.</param>
    public sealed record Http(string Route, IReadOnlyList<string> Methods) : TriggerBinding;

    public sealed record Queue(string Setting, bool Sessions) : TriggerBinding;

    public sealed record Timer(string Setting, bool RunOnStartup, bool UseMonitor) : TriggerBinding;
}
