using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports;

/// <summary>Where reports lie in table <c>reports</c>, partition (district).</summary>
/// <remarks><c>C|period|run</c> a count under way or done · <c>P|period|run|school|ID</c>, <c>P|period|run|referrals</c> the parts of it,
/// and <c>P|period|run|referred|ID</c> what the last of them found of each school, until it is put together · <c>R|last day|period|revision</c> a report and where it stands · <c>S</c> which reports have been published, in
/// order · <c>N</c> notifications · <c>O</c>, <c>I</c> outbox and inbox.</remarks>
internal static class ReportKeys
{
    private const string Runs = "C";
    private const string Parts = "P";
    private const string Reports = "R";

    public const string SchoolPart = "school";
    public const string ReferralsPart = "referrals";
    public const string ReferredPart = "referred";

    public static readonly RowKey Published = RowKey.Of("S");

    public static PartitionKey Partition(DistrictId district) => PartitionKey.Of(district.Value);

    public static RowKey Run(ReportPeriod period, int run) => RowKey.Of(Runs, period.Key, Number(run));

    public static RowKeyRange RunsOf(ReportPeriod period) => RowKeyRange.Under(Runs, period.Key);

    /// <param name="school">Null for <see cref="ReferralsPart"/>.</param>
    public static RowKey Part(ReportPeriod period, int run, string part, SchoolId? school = null) =>
        school is { } of ? RowKey.Of(Parts, period.Key, Number(run), part, of.Value) : RowKey.Of(Parts, period.Key, Number(run), part);

    public static RowKeyRange PartsOf(ReportPeriod period, int run) => RowKeyRange.Under(Parts, period.Key, Number(run));

    public static RowKey Report(ReportId id) => RowKey.Of(Reports, Day(id.Period.Last), id.Period.Key, Number(id.Revision));

    public static RowKeyRange ReportsOf(ReportPeriod period) => RowKeyRange.Under(Reports, Day(period.Last), period.Key);

    /// <summary>Reports whose period ends in those days, both inclusive, oldest first.</summary>
    public static RowKeyRange ReportsBetween(DateOnly first, DateOnly last) => RowKeyRange.Between([Reports], Day(first), Day(last));

    private static string Day(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
