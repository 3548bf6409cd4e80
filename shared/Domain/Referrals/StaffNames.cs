using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Names of the staff who acted on referrals, each looked up once. For one reading only.</summary>
public sealed class StaffNames(StaffStore staff)
{
    private readonly Dictionary<Actor, string?> known = [];

    /// <summary>As colleagues know the person; null for the system, for nobody, and for somebody whose row is gone.</summary>
    public async ValueTask<string?> OfAsync(Actor? actor, CancellationToken cancellationToken)
    {
        if (actor is not { } somebody) return null;
        if (known.TryGetValue(somebody, out var name)) return name;
        name = StaffId.TryParse(somebody.Value, out var id) ? (await staff.FindAsync(id, cancellationToken))?.Member.DisplayName : null;
        return known[somebody] = name;
    }
}
