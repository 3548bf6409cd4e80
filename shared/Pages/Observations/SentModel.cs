namespace SchoolSignal.Pages.Observations;

/// <summary>Nothing but thanks: the page says the same to everybody.</summary>
public sealed record SentModel;
