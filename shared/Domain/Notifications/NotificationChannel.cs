namespace SchoolSignal.Domain.Notifications;

/// <summary>A way to reach a member of staff.</summary>
public enum NotificationChannel
{
    Mail,
    /// <summary>The activity feed of Microsoft Teams.</summary>
    Teams,
    /// <summary>A task in Microsoft To Do; off unless the district wants it, since its permission reaches the whole tenant.</summary>
    ToDo,
}
