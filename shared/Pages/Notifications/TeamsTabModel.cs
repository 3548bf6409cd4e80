namespace SchoolSignal.Pages.Notifications;

/// <summary>What the tab in Teams opens.</summary>
/// <param name="Path">On this host; "/" where the notice named no page.</param>
public sealed record TeamsTabModel(string Path);
