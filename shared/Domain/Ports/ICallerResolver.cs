using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Ports;

/// <summary>What a session or a checked token proves of its bearer.</summary>
public abstract record SignInProof
{
    private SignInProof()
    {
    }

    /// <summary>A person's account in the tenant.</summary>
    /// <param name="Roles">The app roles the tenant gives the person.</param>
    public sealed record Account(Guid ObjectId, string? UserPrincipalName, IReadOnlySet<Role> Roles) : SignInProof
    {
        public override string ToString() => nameof(Account);
    }

    /// <summary>Somebody chosen in the sign-in picker of this machine.</summary>
    public sealed record Picked(StaffId Staff) : SignInProof;

    /// <summary>A system that signed in as itself.</summary>
    public sealed record App(Guid ClientId, IReadOnlySet<Role> Roles) : SignInProof;
}

/// <summary>What a request shows of its sender, before anybody has looked at it.</summary>
/// <param name="FromThisMachine">The connection comes from the loopback address.</param>
/// <param name="Host">The name the sender asked for, without the port.</param>
/// <param name="FromOtherSite">A browser says that a page of another site sent it.</param>
/// <param name="Authorization">The header as sent; empty if there is none.</param>
/// <param name="Session">What the session cookie proves; null without one.</param>
/// <param name="ForPage">A page is asked for, not the API.</param>
public sealed record CallerTraces(
    bool FromThisMachine, string Host, bool FromOtherSite, string Authorization = "", SignInProof? Session = null, bool ForPage = false);

/// <summary>Tells who is calling, with which roles and for which schools.</summary>
public interface ICallerResolver
{
    /// <returns>The caller, or <see cref="Caller.Nobody"/> if it cannot be told.</returns>
    ValueTask<Caller> ResolveAsync(CallerTraces traces, CancellationToken cancellationToken);
}
