using System.Collections.Frozen;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Who is calling where nobody signs in with a tenant. Whoever sits at this machine has the data folder anyway: the API is
/// theirs without more ado, with every role, and for the pages they pick whom to be. Anybody else is nobody, and so is a
/// page of another site in this machine's browser, also when it has its own name point here.</summary>
internal sealed class LocalCallerResolver(StaffCallers staff) : ICallerResolver
{
    private static readonly FrozenSet<string> OwnNames = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "localhost", "127.0.0.1", "[::1]");

    /// <summary>Picked before there is a staff list.</summary>
    public static Caller AtThisMachine { get; } = new(StaffId.Parse("local"), Enum.GetValues<Role>().ToFrozenSet(), null);

    public async ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken)
    {
        // A link in a mail may lead to a page; nothing else may be set off from another site.
        if (!IsThisMachine(traces) || (traces.FromOtherSite && !traces.ForPage)) return Caller.Nobody;
        // There is no tenant to check a token, and one that cannot be checked is not to be had for the asking.
        if (traces.Authorization.Length > 0) return Caller.Nobody;
        return traces.Session switch
        {
            SignInProof.Picked picked when picked.Staff == AtThisMachine.Id => AtThisMachine with { Name = Environment.UserName },
            SignInProof.Picked picked => await staff.OfAsync(picked, cancellationToken),
            _ => traces.ForPage ? Caller.Nobody : AtThisMachine,
        };
    }

    public static bool IsThisMachine(CallerTraces traces) => traces.FromThisMachine && OwnNames.Contains(traces.Host);
}
