using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Notifications;

/// <summary>A notification made ready for its recipient, or why not now.</summary>
public abstract record RenderedNotification
{
    public sealed record Ready(OutgoingNotification Outgoing) : RenderedNotification;

    /// <summary>The recipient has left, or has no address on this channel. No send is recorded that could not be made.</summary>
    public sealed record NoAddress : RenderedNotification;

    /// <summary>The matter has moved on.</summary>
    public sealed record NoLongerDue(string Reason) : RenderedNotification;

    /// <summary>Quiet hours or holidays.</summary>
    public sealed record NotBefore(DateTimeOffset Time) : RenderedNotification;
}

/// <summary>Puts a notification into the recipient's words, at the moment it goes out: whether it is still due, whether it may go out at this
/// hour, to which address and in which language.</summary>
public sealed class NotificationContents(
    StaffStore staff, SafeguardingContactStore contacts, DistrictSettingsStore district, NotificationSettingsStore settings, NotificationRelevance relevance, SchoolDayCheck schoolDays,
    NotificationTemplates templates, PublicOrigin origin, TimeProvider time)
{
    public async Task<RenderedNotification> RenderAsync(NotificationPlace place, Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (await relevance.WhyNotAsync(place, notification, cancellationToken) is { } gone) return new RenderedNotification.NoLongerDue(gone);
        if (await RecipientAsync(notification, cancellationToken) is not { Address: { } address } recipient) return new RenderedNotification.NoAddress();
        var profile = await district.ReadProfileAsync(cancellationToken);
        if (!notification.IsUrgent && await QuietUntilAsync(profile, recipient.Schools, cancellationToken) is { } until) return new RenderedNotification.NotBefore(until);

        if (await relevance.ValuesAsync(notification, recipient.Schools, TodayIn(profile), profile.Zone, cancellationToken) is not { } values)
            return new RenderedNotification.NoLongerDue("NothingLeft");
        var link = origin.Link(PathOf(notification));
        var words = templates.Render(profile.Language ?? "en", notification.Purpose, recipient.Name, link, values);
        return new RenderedNotification.Ready(new OutgoingNotification(
            notification.SendKey, notification.Channel, address, words.Subject, words.Text, words.Html, link, notification.IsUrgent,
            notification.Subject.ToString()));
    }

    /// <summary>Where the channel reaches the recipient, or null.</summary>
    public async Task<string?> AddressOfAsync(Notification notification, CancellationToken cancellationToken) =>
        (await RecipientAsync(notification, cancellationToken))?.Address;

    private async Task<Recipient?> RecipientAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.Recipient == UrgentChain.DistrictContact)
            return (await contacts.ReadAsync(null, cancellationToken)).District is { } contact ? new Recipient(contact.Name, contact.Mail, new HashSet<SchoolId>()) : null;
        return StaffId.TryParse(notification.Recipient, out var id) && await staff.FindAsync(id, cancellationToken) is { Member: { IsActive: true } member }
            ? new Recipient(member.DisplayName, AddressOf(member, notification.Channel), member.Schools)
            : null;
    }

    /// <summary>A mail goes to the account's user principal name, which in a school's tenant is its address.</summary>
    private static string? AddressOf(StaffMember member, NotificationChannel channel) => channel == NotificationChannel.Mail
        ? member.UserPrincipalName
        : member.EntraObjectId?.ToString("D", CultureInfo.InvariantCulture) ?? member.UserPrincipalName;

    private sealed record Recipient(string Name, string? Address, IReadOnlySet<SchoolId> Schools);

    private async Task<DateTimeOffset?> QuietUntilAsync(DistrictProfile profile, IReadOnlySet<SchoolId> schools, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (chosen, _) = await settings.ReadAsync(cancellationToken);
        var isOpen = await schoolDays.OfAsync(schools, TodayIn(profile), cancellationToken);
        var next = new SendingHours(profile.Zone, chosen.QuietFrom, chosen.QuietTo).Next(now, isOpen);
        return next > now ? next : null;
    }

    private DateOnly TodayIn(DistrictProfile profile) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), profile.Zone).DateTime);

    private static string PathOf(Notification notification) => notification.Purpose switch
    {
        NotificationPurpose.Concern => $"/concerns/{notification.Subject.Id}",
        NotificationPurpose.Digest or NotificationPurpose.Reminder => "/worklist",
        NotificationPurpose.Report => "/district/reports",
        _ => $"/cases/{notification.Subject.Id}",
    };
}
