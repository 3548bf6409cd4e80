using System.Text.Json;
using SchoolSignal.Domain.Reports.Disclosure;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Privacy;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Adds chance to a report's tables. Half of what a report costs goes to the pupils by level, a quarter to the sessions, an
/// eighth each to new signs and referrals: so each gets the accuracy it is read with.</summary>
public sealed class ReportNoise
{
    private const string SchoolDimension = "school";

    private readonly IReadOnlyList<(PrivateMeasure Measure, Epsilon Epsilon)> measures;

    /// <param name="epsilon">What the report may cost.</param>
    public ReportNoise(Release release, Epsilon epsilon)
    {
        ArgumentNullException.ThrowIfNull(release);
        measures = [.. release.Tables.Select(table => (
            new PrivateMeasure(table, SchoolDimension, ContributionsTo(table.Name)), new Epsilon(epsilon.Thousandths / ShareOf(table.Name))))];
        Sizes = measures.ToDictionary(
            m => m.Measure.Table.Name,
            // The district and the schools below it: two levels, each with draws of its own.
            m => new TableNoise(m.Measure.Contributions * 2, m.Epsilon.Thousandths));
    }

    /// <summary>What its tables cost together.</summary>
    public Epsilon Cost => measures.Aggregate(Epsilon.Zero, (sum, m) => sum + m.Epsilon);

    /// <summary>By table.</summary>
    public IReadOnlyDictionary<string, TableNoise> Sizes { get; }

    /// <summary>Draws, and writes what was drawn.</summary>
    public ReadOnlyMemory<byte> Draw()
    {
        var bits = UniformBits.Secure();
        var drawn = measures.ToDictionary(
            m => m.Measure.Table.Name, m => PrivateRelease.Draw(m.Measure.Table.Name, [m.Measure], m.Epsilon, bits).Release.Tables[0].Counts);
        return JsonSerializer.SerializeToUtf8Bytes(drawn, ReportContentJson.Default.IReadOnlyDictionaryStringIReadOnlyListNullableInt64);
    }

    /// <summary>What was drawn, as tables.</summary>
    public IReadOnlyList<PublishedTable> Read(ReadOnlyMemory<byte> drawn)
    {
        var counts = JsonSerializer.Deserialize(drawn.Span, ReportContentJson.Default.IReadOnlyDictionaryStringIReadOnlyListNullableInt64)!;
        return [.. measures.Select(m => new PublishedTable(m.Measure.Table.Shape, counts[m.Measure.Table.Name]))];
    }

    /// <summary>In how many numbers one pupil counts at most.</summary>
    private static int ContributionsTo(string table) => table switch
    {
        ReportTables.Pupils => 1,
        ReportTables.Signs => SchoolCounts.Families.Count,
        ReportTables.Sessions => ReportTables.SessionsOfWeek,
        // Opened, acknowledged, closed.
        _ => 3 * ReferralCounting.MostOfPupil,
    };

    private static int ShareOf(string table) => table switch
    {
        ReportTables.Pupils => 2,
        ReportTables.Sessions => 4,
        _ => 8,
    };
}
