using System.Collections.Concurrent;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.District;

/// <summary>Turns proof of a sign-in into a caller: the roles of the sign-in that the staff row also gives. Staff rows are
/// remembered for less than <see cref="Remembered"/>, so that a role taken away stops within it.</summary>
public sealed class StaffCallers(StaffStore staff, TimeProvider time)
{
    /// <summary>Exclusive: a row this old is read again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<object, (StaffMember Member, long ReadAt)> known = new();

    public async ValueTask<Caller> OfAsync(SignInProof proof, CancellationToken cancellationToken)
    {
        switch (proof)
        {
            case SignInProof.Account account:
                var member = await RecallAsync(account.ObjectId, async () => await staff.FindByAccountAsync(account.ObjectId, account.UserPrincipalName, cancellationToken));
                // Signed in and unknown here is somebody without a role, told so, not somebody to send to the sign-in again.
                return Known(member?.AsCaller(account.Roles)) ?? WithoutRole($"account-{account.ObjectId:N}");
            case SignInProof.Picked picked:
                var chosen = await RecallAsync(picked.Staff, async () => await staff.FindAsync(picked.Staff, cancellationToken));
                return chosen?.AsCaller(chosen.Roles) ?? Caller.Nobody;
            case SignInProof.App app:
                return new Caller(StaffId.Parse($"app-{app.ClientId:N}"), app.Roles.Where(role => !Roles.OfPeople.Contains(role)).ToHashSet(), new HashSet<SchoolId>());
            default:
                throw new InvalidOperationException("A proof of sign-in is not handled.");
        }
    }

    /// <summary>The person a system hands something in for, with the person's own roles and reach.</summary>
    /// <param name="submitter">The person's user principal name, account object id or staff id.</param>
    /// <returns>Null if that is nobody of the staff, or somebody who has left.</returns>
    public async ValueTask<Caller?> OnBehalfAsync(Caller system, string submitter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(system);
        if (!system.Has(Role.ObservationsSubmit) || submitter.Length is 0 or > 320) return null;
        var found = Guid.TryParse(submitter, out var account) ? await staff.FindByAccountAsync(account, null, cancellationToken) : null;
        found ??= StaffId.TryParse(submitter, out var id) ? await staff.FindAsync(id, cancellationToken) : null;
        found ??= await staff.FindByNameAsync(submitter, cancellationToken);
        return Known(found?.Member.AsCaller(found.Member.Roles)) is { } person ? person with { Through = system.Id } : null;
    }

    private async ValueTask<StaffMember?> RecallAsync(object key, Func<Task<StoredStaff?>> read)
    {
        if (known.TryGetValue(key, out var held) && time.GetElapsedTime(held.ReadAt) < Remembered) return held.Member;
        var readAt = time.GetTimestamp();
        if (await read() is not { Member: var member })
        {
            known.TryRemove(key, out _);
            return null;
        }
        known[key] = (member, readAt);
        return member;
    }

    private static Caller? Known(Caller? caller) => caller is { IsNobody: false } ? caller : null;

    private static Caller WithoutRole(string id) => new(StaffId.Parse(id), new HashSet<Role>(), new HashSet<SchoolId>());
}
