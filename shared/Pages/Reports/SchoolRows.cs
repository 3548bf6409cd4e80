using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;

namespace SchoolSignal.Pages.Reports;

/// <summary>A line of a table by school.</summary>
/// <param name="School">Null is the district.</param>
public sealed record SchoolRow(SchoolId? School, ReportLine Line)
{
    public bool IsCounted => Line.State == CountState.Counted;

    /// <summary>The district, then the schools.</summary>
    public static IEnumerable<SchoolRow> Of(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Schools.Select(s => new SchoolRow(s.School, s.Line)).Prepend(new SchoolRow(null, content.District));
    }
}
