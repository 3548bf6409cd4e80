using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>The message of a referral's change, to queue <c>referrals</c>: who reads it looks the referral up, so that order
/// and repetition do not matter.</summary>
/// <param name="PreviousSchool">The school it left with this change, or null.</param>
/// <param name="Alerts">A counsellor is to be told of this revision.</param>
public sealed record ReferralChanged(StudentKey Student, ReferralId Referral, int Revision, SchoolId School, SchoolId? PreviousSchool, bool Alerts)
{
    public const string Kind = "referral-changed";

    public static Envelope Message(DistrictId district, ReferralChange.Made change, SchoolId? schoolBefore)
    {
        var after = change.After;
        var revision = after.Revision.ToString(CultureInfo.InvariantCulture);
        ReadOnlySpan<(string, string)> ids =
        [
            ("district", district.Value), ("school", after.School.Value), ("student", after.Student.ToString()), ("referral", after.Id.ToString()),
            ("revision", revision), ("alerts", change.Alerts ? "true" : "false"), ("previousSchool", schoolBefore?.Value ?? ""),
        ];
        return Envelope.First($"referral|{after.Id}|{revision}", Kind, schoolBefore is null || schoolBefore == after.School ? ids[..^1] : ids);
    }

    /// <exception cref="FormatException">The envelope is of another kind.</exception>
    public static ReferralChanged Read(Envelope envelope)
    {
        if (envelope.Kind != Kind) throw new FormatException("The message is not of a referral's change.");
        return new ReferralChanged(
            StudentKey.Parse(envelope["student"]), ReferralId.Parse(envelope["referral"]),
            int.Parse(envelope["revision"], CultureInfo.InvariantCulture), SchoolId.Parse(envelope["school"]),
            envelope.Find("previousSchool") is { } previous ? SchoolId.Parse(previous) : null, envelope.Find("alerts") == "true");
    }
}
