using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.Concerns;

/// <summary>A safeguarding concern, for whoever is alerted of it.</summary>
/// <param name="Details">Null for those who see to it that somebody acts and are not to know whom it is about.</param>
/// <param name="Said">What became of the acknowledgement just made.</param>
public sealed record ConcernModel(
    string Id, string Reference, SchoolId? School, DateTimeOffset RaisedAt, ConcernDetails? Details, string? InHandOf, DateTimeOffset? InHandSince, string? Said);

/// <summary>Whom it is about, and what was said.</summary>
public sealed record ConcernDetails(string Name, string? RaisedBy, string? Note);
