namespace SchoolSignal.Pages.District;

/// <param name="Places">Where the caller's work is; empty for somebody not signed in.</param>
public sealed record StartModel(IReadOnlyList<NavigationEntry> Places);
