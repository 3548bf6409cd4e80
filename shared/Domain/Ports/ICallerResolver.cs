using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Ports;

/// <summary>What a request shows of its sender, before anybody has looked at it.</summary>
/// <param name="FromThisMachine">The connection comes from the loopback address.</param>
/// <param name="Host">The name the sender asked for, without the port.</param>
/// <param name="FromOtherSite">A browser says that a page of another site sent it.</param>
/// <param name="Authorization">The header as sent; empty if there is none.</param>
public sealed record CallerTraces(bool FromThisMachine, string Host, bool FromOtherSite, string Authorization = "");

/// <summary>Tells who is calling, with which roles and for which schools.</summary>
public interface ICallerResolver
{
    /// <returns>The caller, or <see cref="Caller.Nobody"/> if it cannot be told.</returns>
    ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken);
}
