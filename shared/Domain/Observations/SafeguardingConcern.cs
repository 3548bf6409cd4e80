using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>Somebody saw or heard of self-harm, abuse or danger. It stands outside scoring, opt-out, legal basis and
/// referrals, and goes to the school's safeguarding lead.</summary>
/// <param name="School">Null if neither the sender nor an enrolment names one: then it is the district's.</param>
/// <param name="Date">The day the sender gave, else the day it was received.</param>
/// <param name="Observer">An opaque id, or null.</param>
public sealed record SafeguardingConcern(
    Guid Id, StudentKey Student, SchoolId? School, DateOnly Date, string? Observer, string? Note, DateTimeOffset ReceivedAt);
