using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>The message of a safeguarding concern, to queue <c>urgent</c>. Whoever reads it looks the concern up.</summary>
/// <param name="School">Null where nobody knows it: then the concern is the district's.</param>
public sealed record ConcernRaised(StudentKey Student, Guid Concern, SchoolId? School)
{
    public const string Kind = "concern-raised";

    public static Envelope Message(DistrictId district, SafeguardingConcern concern)
    {
        ReadOnlySpan<(string, string)> ids =
        [
            ("district", district.Value), ("student", concern.Student.ToString()), ("concern", concern.Id.ToString("N")), ("school", concern.School?.Value ?? ""),
        ];
        return Envelope.First($"concern|{concern.Id:N}", Kind, concern.School is null ? ids[..^1] : ids);
    }

    /// <exception cref="FormatException">The envelope is of another kind.</exception>
    public static ConcernRaised Read(Envelope envelope)
    {
        if (envelope.Kind != Kind) throw new FormatException("The message is not of a concern.");
        return new ConcernRaised(
            StudentKey.Parse(envelope["student"]), Guid.ParseExact(envelope["concern"], "N"),
            envelope.Find("school") is { } school ? SchoolId.Parse(school) : null);
    }
}
