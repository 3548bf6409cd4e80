using System.Globalization;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports;

/// <summary>A report: the period it is about, and which revision of it, from 1.</summary>
public readonly record struct ReportId(ReportPeriod Period, int Revision)
{
    private const string Mark = ".r";

    /// <summary>"week-2026-03-09.r1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Period.Key}{Mark}{Revision}");

    public static bool TryParse(string? text, out ReportId id)
    {
        id = default;
        var at = text?.LastIndexOf(Mark, StringComparison.Ordinal) ?? -1;
        if (at < 0 || !ReportPeriod.TryParse(text![..at], out var period)
            || !int.TryParse(text.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) || revision is < 1 or > 999_999)
            return false;
        id = new ReportId(period, revision);
        return id.ToString() == text;
    }

    public static ReportId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException("Not the id of a report.");
}
