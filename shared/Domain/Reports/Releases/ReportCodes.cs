using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>What the categories of a report are called where tables are protected.</summary>
internal static class ReportCodes
{
    public const string AllLevels = "screened";
    /// <summary>Raised or High together: shown also where one of them is too small by itself.</summary>
    public const string ToLookInto = "RaisedOrHigh";

    public const string AllGrades = "all grades";
    public const string AllSigns = "screened";
    public const string WithSign = "with";
    public const string WithoutSign = "without";
    public const string AllMarks = "possible";
    public const string Attended = "attended";
    public const string Absent = "absent";
    public const string Opened = "opened";
    public const string Acknowledged = "acknowledged";
    public const string Closed = "closed";

    /// <summary>A period in a revision: counted again, its cells are others.</summary>
    public static Code Period(ReportId id) => new(id.Period.Key, id.Revision);

    /// <summary>A school's id with what a code may not hold written in another way.</summary>
    public static Code School(SchoolId school) => new(school.Value.Replace("%", "%25", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal));

    /// <summary>The whole of these very schools. Another set of them, because a school has opened or could not be counted, is another
    /// whole, which sums otherwise.</summary>
    public static Code District(IReadOnlyList<SchoolId> schools)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', schools)));
        return new Code(string.Create(CultureInfo.InvariantCulture, $"district%of {schools.Count} schools {Convert.ToHexStringLower(hash.AsSpan(0, 4))}"));
    }
}
