using System.Collections.Frozen;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Whoever sits at this machine has the data folder anyway, and so every role; anybody else has none. A page of
/// another site in this machine's browser is anybody else, also when it has its own name point here.</summary>
internal sealed class LocalCallerResolver : ICallerResolver
{
    private static readonly FrozenSet<string> OwnNames = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "localhost", "127.0.0.1", "[::1]");

    private static readonly Caller AtThisMachine = new(StaffId.Parse("local"), Enum.GetValues<Role>().ToFrozenSet(), null);

    public ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken) => ValueTask.FromResult(
        traces is { FromThisMachine: true, FromOtherSite: false } && OwnNames.Contains(traces.Host) ? AtThisMachine : Caller.Nobody);
}
