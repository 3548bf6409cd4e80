using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Notifications;

/// <summary>Who is told of a safeguarding concern, round by round, until somebody acknowledges it (design.md, "Safeguarding"). Pure.</summary>
public static class UrgentChain
{
    /// <summary>The next person is told this long after the last, at any hour.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromMinutes(15);

    /// <summary>The district's safeguarding contact, by the address set for it.</summary>
    public const string DistrictContact = "district-contact";

    /// <summary>Round 0: the school's lead and deputy at once; where several leads stand without an order, those that have named a
    /// deputy, or all of them. Then the other leads, one a round. With the chain exhausted, or nobody in it: the district's contact
    /// and all administrators, every round.</summary>
    /// <param name="leads">Active safeguarding leads of the school, in order.</param>
    /// <param name="deputies">The leads' deputies who are on the staff.</param>
    /// <param name="administrators">Active administrators.</param>
    public static IReadOnlyList<string> Recipients(
        int round, IReadOnlyList<StaffMember> leads, IReadOnlySet<StaffId> deputies, IReadOnlyList<StaffId> administrators, bool hasDistrictContact)
    {
        ArgumentNullException.ThrowIfNull(leads);
        ArgumentNullException.ThrowIfNull(deputies);
        ArgumentNullException.ThrowIfNull(administrators);
        var first = leads.Where(lead => lead.Deputy is { } deputy && deputies.Contains(deputy)).ToList();
        if (first.Count == 0) first = [.. leads];
        var atOnce = first.Select(lead => lead.Id).Concat(first.Select(lead => lead.Deputy).OfType<StaffId>().Where(deputies.Contains)).Distinct().ToList();
        var later = leads.Select(lead => lead.Id).Except(atOnce).ToList();
        if (round == 0 && atOnce.Count > 0) return [.. atOnce.Select(id => id.Value)];
        if (round >= 1 && round <= later.Count && atOnce.Count > 0) return [later[round - 1].Value];
        return hasDistrictContact ? [DistrictContact, .. administrators.Select(id => id.Value)] : [.. administrators.Select(id => id.Value)];
    }
    /// <summary>By mail and in Teams at once, where Teams is set up, whatever the district chose for routine alerts. The district's contact has
    /// an address and no account.</summary>
    public static IEnumerable<NotificationChannel> Channels(string recipient, IReadOnlySet<NotificationChannel> available)
    {
        ArgumentNullException.ThrowIfNull(available);
        yield return NotificationChannel.Mail;
        if (recipient != DistrictContact && available.Contains(NotificationChannel.Teams)) yield return NotificationChannel.Teams;
    }
}
