using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>The published numbers of a report by name. A school that is null is the district. Null is hidden, or, for a school whose
/// pupils could not be counted, not there.</summary>
public sealed class ReportNumbers
{
    private readonly Dictionary<string, PublishedTable> tables;
    private readonly Dictionary<SchoolId, Code> schools;
    private readonly Code countedDistrict;
    private readonly Code wholeDistrict;
    private readonly Code period;
    private readonly bool isTerm;

    public ReportNumbers(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Content = content;
        var shape = content.Shape();
        tables = content.ToPublished().Tables.ToDictionary(t => t.Name);
        schools = shape.All.ToDictionary(s => s, ReportCodes.School);
        (countedDistrict, wholeDistrict) = (ReportCodes.District(shape.Counted), ReportCodes.District(shape.All));
        period = ReportCodes.Period(content.Id);
        isTerm = content.Id.Period.Kind == PeriodKind.Term;
    }

    public ReportContent Content { get; }

    /// <summary>Whether the school's pupils were counted; the district's are if any school's were.</summary>
    public bool IsCounted(SchoolId? school) =>
        school is { } one ? Content.Schools.Any(s => s.School == one && s.State == CountState.Counted) : tables.ContainsKey(ReportTables.Pupils);

    /// <param name="level">Null for all pupils screened.</param>
    /// <param name="band">In a term; null for all grades.</param>
    public long? Pupils(SchoolId? school, Level? level, GradeBand? band = null) => PupilsOf(school, level?.ToString() ?? ReportCodes.AllLevels, band);

    /// <summary>Raised and High together; may be shown where one of them is hidden.</summary>
    public long? RaisedOrHigh(SchoolId? school, GradeBand? band = null) => PupilsOf(school, ReportCodes.ToLookInto, band);

    public long? NewSigns(SchoolId? school, RuleFamily family) => Content.Mode == ReportMode.Noise
        ? Find(ReportTables.Signs, school, period, Counted(school), family.ToString())
        : Find(ReportTables.SignsOf(family), school, period, Counted(school), ReportCodes.WithSign);

    public long? SessionsAttended(SchoolId? school) => Find(ReportTables.Sessions, school, period, Counted(school), ReportCodes.Attended);

    public long? SessionsAbsent(SchoolId? school) => Find(ReportTables.Sessions, school, period, Counted(school), ReportCodes.Absent);

    /// <summary>In per cent of the possible sessions. Of a term, over the weeks that show it.</summary>
    public double? Attendance(SchoolId? school)
    {
        if (!isTerm) return PublishedTable.Percentage(SessionsAttended(school), SessionsAttended(school) + SessionsAbsent(school));
        var shown = AttendanceWeeks(school).ToList();
        return PublishedTable.Percentage(shown.Sum(p => p.Attended), shown.Sum(p => p.Attended + p.Absent));
    }

    /// <summary>The weeks of a term that show a school's attendance.</summary>
    public IEnumerable<TrendPoint> AttendanceWeeks(SchoolId? school)
    {
        var at = school is { } one ? Content.Schools.TakeWhile(s => s.School != one).Count() + 1 : 0;
        return Content.Trend.Select(week => week.Points[at]).Where(point => point.Attendance is not null);
    }

    public long? Opened(SchoolId? school) => Referrals(school, ReportCodes.Opened);

    public long? Acknowledged(SchoolId? school) => Referrals(school, ReportCodes.Acknowledged);

    public long? Closed(SchoolId? school) => Referrals(school, ReportCodes.Closed);

    /// <summary>In a term.</summary>
    public long? ClosedWith(SchoolId? school, Domain.Referrals.Verdict verdict) => Referrals(school, verdict.ToString());

    /// <summary>How far a number of the table may be from the true one, in nineteen cases of twenty; null where nothing was added.</summary>
    /// <param name="parts">Of how many of the table's finest numbers it is the sum.</param>
    public long? Margin(string table, int parts = 1) => Content.Noise?.GetValueOrDefault(table)?.Size.Within95(parts);

    /// <summary>The same of pupils.</summary>
    /// <param name="levels">How many levels the number takes together.</param>
    public long? PupilsMargin(int levels, GradeBand? band = null) =>
        Margin(ReportTables.Pupils, levels * (isTerm && band is null ? Enum.GetValues<GradeBand>().Length : 1));

    /// <summary>The same of a rate of attendance, in points of per cent.</summary>
    public double? AttendanceMargin(SchoolId? school) =>
        Margin(ReportTables.Sessions) is { } margin && SessionsAttended(school) + SessionsAbsent(school) is { } possible and > 0 ? 100.0 * margin / possible : null;

    /// <summary>A point of the trend.</summary>
    public TrendPoint Point(SchoolId? school) => new(
        school is { } one ? Content.Schools.FirstOrDefault(s => s.School == one)?.State : CountState.Counted,
        Pupils(school, null), Pupils(school, Level.Watch), RaisedOrHigh(school), SessionsAttended(school), SessionsAbsent(school), Opened(school));

    private long? PupilsOf(SchoolId? school, Code level, GradeBand? band) => isTerm
        ? Find(ReportTables.Pupils, school, period, Counted(school), new Code(band?.ToString() ?? ReportCodes.AllGrades), level)
        : Find(ReportTables.Pupils, school, period, Counted(school), level);

    private Code Counted(SchoolId? school) => school is { } one ? schools.GetValueOrDefault(one) : countedDistrict;

    private long? Referrals(SchoolId? school, Code what) =>
        !IsListed(school) || (school is { } one && !schools.ContainsKey(one))
            ? null
            : tables[ReportTables.Referrals][period, school is { } of ? schools[of] : wholeDistrict, what];

    private bool IsListed(SchoolId? school) => school is not null || !Content.LeavesOutDistrict;

    private long? Find(string table, SchoolId? school, params ReadOnlySpan<Code> codes) =>
        IsListed(school) && IsCounted(school) && tables.TryGetValue(table, out var found) ? found[codes] : null;
}
