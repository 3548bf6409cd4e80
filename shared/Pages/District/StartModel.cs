namespace SchoolSignal.Pages.District;

/// <param name="Places">Where the caller's work is; empty for somebody not signed in.</param>
/// <param name="Mailbox">Where alerts land that go nowhere; null on a district's own service.</param>
public sealed record StartModel(IReadOnlyList<NavigationEntry> Places, string? Mailbox = null);

/// <summary>On one machine, the page of what would have gone out. Registered there only.</summary>
public sealed record LocalMailbox(string Path);
