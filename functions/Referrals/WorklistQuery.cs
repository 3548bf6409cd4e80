using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Worklists;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Functions.Referrals;

/// <summary>Reads the worklist's address and form. What it cannot read it leaves out: a worklist is better shown whole than not.</summary>
internal static class WorklistQuery
{
    public static (WorklistFilter Filter, int Page) Read(IQueryCollection query) => (
        new WorklistFilter(
            SchoolId.TryParse(query["school"].ToString(), out var school) ? school : null, Choice<Level>(query["level"]), Choice<ReferralState>(query["state"]),
            query["whose"] == "mine", query["due"] == "now"),
        int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? page : 1);

    /// <summary>Each is <c>REFERRAL.REVISION</c>.</summary>
    public static IEnumerable<(ReferralId Id, int Seen)> ReadPicked(StringValues picked)
    {
        foreach (var pick in picked)
            if (pick?.Split('.') is [var id, var revision] && ReferralId.TryParse(id, out var referral)
                && int.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
                yield return (referral, seen);
    }

    /// <summary>A value by its own name, never by a number.</summary>
    public static T? Choice<T>(StringValues text)
        where T : struct, Enum =>
        Enum.IsDefined(typeof(T), text.ToString()) ? Enum.Parse<T>(text.ToString()) : null;
}
