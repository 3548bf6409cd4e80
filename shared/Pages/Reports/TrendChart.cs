using System.Globalization;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Pages.Reports;

/// <summary>A week on a chart. Without a value it was hidden, or the school could not be counted.</summary>
public readonly record struct ChartPoint(DateOnly Week, double? Value, bool IsCounted)
{
    public bool IsHidden => Value is null && IsCounted;
}

/// <summary>A place where no line is drawn, and why.</summary>
public readonly record struct ChartGap(double X, double Width, bool IsHidden);

/// <summary>A mark at an axis.</summary>
public readonly record struct ChartTick(double At, string Label);

/// <summary>Where the parts of a line chart over weeks lie. A hidden week is a gap in the line, never bridged: a line across it would say
/// what it was.</summary>
public sealed class TrendChart
{
    private const double Left = 46;
    private const double Right = 10;
    private const double Top = 10;
    private const double Bottom = 22;

    private readonly double first;
    private readonly double step;

    /// <param name="points">By week, ascending; weeks without a report are left out.</param>
    /// <param name="low">The value at the foot.</param>
    /// <param name="high">The value at the top.</param>
    public TrendChart(IReadOnlyList<ChartPoint> points, double low, double high, double width, double height)
    {
        (Points, Low, High, Width, Height) = (points, low, high, width, height);
        var weeks = points.Count == 0 ? 1 : (points[^1].Week.DayNumber - points[0].Week.DayNumber) / 7 + 1;
        step = (width - Left - Right) / weeks;
        first = points.Count == 0 ? 0 : points[0].Week.DayNumber;
    }

    public IReadOnlyList<ChartPoint> Points { get; }

    public double Low { get; }

    public double High { get; }

    public double Width { get; }

    public double Height { get; }

    public double Foot => Height - Bottom;

    public static double PlotLeft => Left;

    public double PlotRight => Width - Right;

    public int Hidden => Points.Count(p => p.IsHidden);

    /// <summary>The first point with a value; null if none has one.</summary>
    public ChartPoint? FirstShown => Points.Any(p => p.Value is not null) ? Points.First(p => p.Value is not null) : null;

    public ChartPoint? LastShown => Points.Any(p => p.Value is not null) ? Points.Last(p => p.Value is not null) : null;

    /// <summary>Runs of weeks with values, each as the points of a polyline.</summary>
    public IEnumerable<string> Lines()
    {
        var run = new List<string>();
        var before = default(DateOnly);
        foreach (var point in Points)
        {
            if (run.Count > 0 && (point.Value is null || point.Week != before.AddDays(7)))
            {
                if (run.Count > 1) yield return string.Join(' ', run);
                run.Clear();
            }
            if (point.Value is not null) run.Add($"{Write(X(point))},{Write(Y(point.Value.Value))}");
            before = point.Week;
        }
        if (run.Count > 1) yield return string.Join(' ', run);
    }

    public IEnumerable<(double X, double Y)> Dots() => Points.Where(p => p.Value is not null).Select(p => (X(p), Y(p.Value!.Value)));

    /// <summary>Weeks of a report that show no value.</summary>
    public IEnumerable<ChartGap> Gaps() => Points.Where(p => p.Value is null).Select(p => new ChartGap(X(p) - (step / 2), step, p.IsHidden));

    /// <summary>Foot, middle and top.</summary>
    public IEnumerable<ChartTick> Ticks(Func<double, string> label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new[] { Low, (Low + High) / 2, High }.Select(value => new ChartTick(Y(value), label(value)));
    }

    /// <summary>The first and the last week, and in a wide chart the first week of each month between that has room.</summary>
    public IEnumerable<ChartTick> Weeks(Func<DateOnly, string> label)
    {
        ArgumentNullException.ThrowIfNull(label);
        const double room = 90;
        var at = double.NegativeInfinity;
        foreach (var point in Points)
        {
            if (X(point) - at < room || (point != Points[^1] && X(Points[^1]) - X(point) < room && at > double.NegativeInfinity)) continue;
            at = X(point);
            yield return new ChartTick(at, label(point.Week));
        }
    }

    public double X(ChartPoint point) => Left + (step * (((point.Week.DayNumber - first) / 7) + 0.5));

    public double Y(double value) => High <= Low ? Foot : Top + ((High - Math.Clamp(value, Low, High)) / (High - Low) * (Foot - Top));

    /// <summary>As SVG reads it.</summary>
    public static string Write(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>The two series of a report's trend, on scales that all its charts share, so that schools can be compared.</summary>
public sealed class ReportSeries
{
    private readonly ReportContent content;

    public ReportSeries(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        this.content = content;
        var points = content.Trend.SelectMany(week => week.Points).ToList();
        AttendanceLow = Math.Floor(points.Select(p => p.Attendance).OfType<double>().DefaultIfEmpty(90).Min() / 5) * 5;
        if (AttendanceLow >= 100) AttendanceLow = 95;
        SignsHigh = Math.Max(10, Math.Ceiling(points.Select(Share).OfType<double>().DefaultIfEmpty(0).Max() / 10) * 10);
    }

    public double AttendanceLow { get; }

    public double SignsHigh { get; }

    /// <param name="school">Place among the schools; -1 is the district.</param>
    public TrendChart Attendance(int school, double width, double height) => new(Points(school, p => p.Attendance), AttendanceLow, 100, width, height);

    /// <summary>Pupils to look into, in per cent of those screened.</summary>
    public TrendChart Signs(int school, double width, double height) => new(Points(school, Share), 0, SignsHigh, width, height);

    private List<ChartPoint> Points(int school, Func<TrendPoint, double?> value) =>
        [.. content.Trend.Select(week => new ChartPoint(week.Period.First, value(week.Points[school + 1]), week.Points[school + 1].IsCounted))];

    private static double? Share(TrendPoint point) =>
        point is { RaisedOrHigh: { } some, Screened: { } all and > 0 } ? 100.0 * some / all : null;
}
