using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>How long referrals waited, in school days; null where too few stand behind it, or their number is hidden.</summary>
public sealed record AnswerTimes(decimal? Acknowledged, decimal? Contacted)
{
    public static AnswerTimes Hidden { get; } = new(null, null);
}

/// <summary>What a report says of a school, or of the district, beside its tables.</summary>
/// <param name="AsOf">The last school day that counts.</param>
/// <param name="KnownPercent">Of the sessions expected, how many the register knows, rounded down. It speaks of the feed, not of
/// pupils; null where nothing was counted.</param>
public sealed record ReportLine(CountState State, DateOnly? AsOf, int? KnownPercent, AnswerTimes Times);

/// <summary>A school's line.</summary>
public sealed record ReportSchool(SchoolId School, ReportLine Line)
{
    [JsonIgnore]
    public CountState State => Line.State;
}

/// <summary>What one week showed of one school, or of the district.</summary>
/// <param name="State">Null where the school was in no report of that week.</param>
public sealed record TrendPoint(CountState? State, long? Screened, long? Watch, long? RaisedOrHigh, long? Attended, long? Absent, long? Opened)
{
    /// <summary>In per cent.</summary>
    [JsonIgnore]
    public double? Attendance => PublishedTable.Percentage(Attended, Attended + Absent);

    /// <summary>The school's register was counted, so that a number that is missing is a hidden one.</summary>
    [JsonIgnore]
    public bool IsCounted => State == CountState.Counted;
}

/// <summary>A week of the trend, as it was published last.</summary>
/// <param name="Points">The district's, then one for each school of the report, in its order.</param>
/// <param name="Noise">Where chance was added: by table, how much.</param>
public sealed record TrendWeek(string Key, IReadOnlyList<TrendPoint> Points, IReadOnlyDictionary<string, TableNoise>? Noise = null)
{
    /// <summary>How far a number of pupils may be from the true one, in nineteen cases of twenty; null where nothing was added.</summary>
    /// <param name="levels">How many levels the number takes together.</param>
    public long? PupilsMargin(int levels) => Noise?.GetValueOrDefault(ReportTables.Pupils)?.Size.Within95(levels);

    /// <summary>The same of a point's attendance, in points of per cent.</summary>
    public double? AttendanceMargin(TrendPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return Noise?.GetValueOrDefault(ReportTables.Sessions)?.Size.Within95(1) is { } margin && point.Attended + point.Absent is { } possible and > 0
            ? 100.0 * margin / possible : null;
    }

    [JsonIgnore]
    public ReportPeriod Period => ReportId.Parse(Key).Period;
}

/// <summary>The chance added to a table's numbers.</summary>
/// <param name="Sensitivity">How much one pupil can change all of its draws together.</param>
/// <param name="Epsilon">In thousandths.</param>
public sealed record TableNoise(int Sensitivity, int Epsilon)
{
    [JsonIgnore]
    public NoiseSize Size => new(Sensitivity, new Epsilon(Epsilon));
}

/// <summary>All that is public of a report: what its page, its files and the API show. Nothing else of it leaves.</summary>
/// <param name="Threshold">Counts below it were hidden, and what would give them away.</param>
/// <param name="District">State and answer times of the whole district.</param>
/// <param name="Weeks">Keys of the reports whose weeks a term is made of.</param>
/// <param name="Tables">By table, the numbers in the order of its shape; null is hidden.</param>
/// <param name="Before">The report that changes are counted from: the period before, as it was published last.</param>
/// <param name="Trend">Weeks up to this one, oldest first; of a term, those inside it.</param>
/// <param name="Noise">Where chance was added: by table, how much. Null where small numbers are hidden instead.</param>
/// <param name="LeavesOutDistrict">The whole district is not among the numbers: <see cref="ReportTables.ListsDistrict"/>.</param>
public sealed record ReportContent(
    string Key, DateTimeOffset ComputedAt, ReportMode Mode, int Threshold, ReportLine District, IReadOnlyList<ReportSchool> Schools,
    IReadOnlyList<string> Weeks, IReadOnlyDictionary<string, IReadOnlyList<long?>> Tables, string? Before, IReadOnlyList<TrendWeek> Trend,
    IReadOnlyDictionary<string, TableNoise>? Noise = null, bool LeavesOutDistrict = false)
{
    [JsonIgnore]
    public ReportId Id => ReportId.Parse(Key);

    /// <summary>The shapes of the tables.</summary>
    public ReportTables Shape() => new(
        Id, [.. Schools.Where(s => s.State == CountState.Counted).Select(s => s.School)], [.. Schools.Select(s => s.School)], [.. Weeks.Select(ReportId.Parse)])
    {
        ListsDistrict = !LeavesOutDistrict,
        Mode = Mode,
    };

    /// <summary>As the suppressor and its verifier read it.</summary>
    public PublishedRelease ToPublished() => new(Key, [.. Shape().Shapes().Select(shape => new PublishedTable(shape, Tables[shape.Name]))]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(SchoolIdJson)])]
[JsonSerializable(typeof(ReportContent))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<long?>>))]
[JsonSerializable(typeof(IReadOnlyList<SchoolCounts>))]
internal sealed partial class ReportContentJson : JsonSerializerContext;
