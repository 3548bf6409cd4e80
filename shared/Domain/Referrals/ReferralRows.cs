using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Rows of a pupil's partition in table <c>pupils</c>: <c>S|school|student</c> the stored result,
/// <c>R|student|number</c> a referral, <c>RH|student|number|revision</c> a line of its history, <c>RI|referral</c> whose referral
/// an id is, <c>RV|yyyyMMdd|student|number</c> a verdict with what it was given on. The number, not the random
/// id, stands in the key: two screenings that both want to open a pupil's next referral then insert the same row, and one of
/// them fails.</summary>
internal static class ReferralRows
{
    private const string Result = "S";
    private const string Referral = "R";
    private const string History = "RH";
    private const string Id = "RI";
    private const string Verdict = "RV";

    public static RowKeyRange Referrals { get; } = RowKeyRange.Under(Referral);

    /// <summary>Every line of every history, referral by referral, each oldest first.</summary>
    public static RowKeyRange Histories { get; } = RowKeyRange.Under(History);

    public static RowKeyRange ResultsOf(SchoolId school) => RowKeyRange.Under(Result, school.Value);

    public static RowKeyRange ReferralsOf(StudentKey student) => RowKeyRange.Under(Referral, student.ToString());

    /// <summary>The lines after a revision.</summary>
    public static RowKeyRange HistoryAfter(Referral referral, int revision) =>
        RowKeyRange.Between([History, referral.Student.ToString(), Number(referral.Number)], Number(revision + 1), Number(referral.Revision));

    public static RowKey IdKey(ReferralId id) => RowKey.Of(Id, id.ToString());

    /// <summary>Verdicts given over some days, both inclusive.</summary>
    public static RowKeyRange VerdictsOf(DateOnly from, DateOnly to) => RowKeyRange.Between([Verdict], Day(from), Day(to));

    public static RowKey VerdictKey(VerdictRecord verdict) =>
        RowKey.Of(Verdict, Day(verdict.ClosedOn), verdict.Student.ToString(), Number(verdict.Number));

    public static RowKey ResultKey(SchoolId school, StudentKey student) => RowKey.Of(Result, school.Value, student.ToString());

    public static RowKey ReferralKey(Referral referral) => RowKey.Of(Referral, referral.Student.ToString(), Number(referral.Number));

    public static RowKey HistoryKey(Referral referral) =>
        RowKey.Of(History, referral.Student.ToString(), Number(referral.Number), Number(referral.Revision));

    public static byte[] Body(ScreeningResult result) => JsonSerializer.SerializeToUtf8Bytes(result, ReferralJson.Default.ScreeningResult);

    public static byte[] Body(Referral referral) => JsonSerializer.SerializeToUtf8Bytes(referral, ReferralJson.Default.Referral);

    public static byte[] Body(ReferralEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, ReferralJson.Default.ReferralEntry);

    public static StoredResult ReadResult(TableRow row) =>
        new(JsonSerializer.Deserialize(row.Body.Span, ReferralJson.Default.ScreeningResult)!, row.ETag);

    public static Referral ReadReferral(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ReferralJson.Default.Referral)!;

    public static byte[] Body(VerdictRecord verdict) => JsonSerializer.SerializeToUtf8Bytes(verdict, ReferralJson.Default.VerdictRecord);

    public static ReferralEntry ReadEntry(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ReferralJson.Default.ReferralEntry)!;

    public static VerdictRecord ReadVerdict(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ReferralJson.Default.VerdictRecord)!;

    private static string Day(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
