using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Why a number is there, or not.</summary>
public enum FactState
{
    Shown,
    /// <summary>It would tell of few pupils, or give away a number that does.</summary>
    Hidden,
    /// <summary>The school's register could not be counted.</summary>
    NotCounted,
}

/// <summary>One number of a report, as files and the API give it. The names stay; new measures may come.</summary>
/// <param name="Period">The key of the week or term.</param>
/// <param name="Measure">docs/data-dictionary.md, "Reports", lists them.</param>
/// <param name="Category">A level, a family of signs, a verdict; null where the measure has none.</param>
/// <param name="School">Null is the district.</param>
/// <param name="Grades">Null is all grades.</param>
/// <param name="Value">Null unless shown.</param>
/// <param name="Margin">Where chance was added: the value lies at most this far from the true one in nineteen cases of twenty.</param>
public sealed record ReportFact(
    string Period, DateOnly From, DateOnly To, int Revision, string Measure, string? Category, string? School, string? Grades, decimal? Value, FactState State,
    decimal? Margin = null);

/// <summary>A report as a list of numbers.</summary>
public static class ReportFacts
{
    /// <summary>Always in the same order: by measure, the district first, then the schools.</summary>
    public static IReadOnlyList<ReportFact> Of(ReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var (numbers, id, facts) = (new ReportNumbers(content), content.Id, new List<ReportFact>());
        var schools = content.Schools.Select(s => (SchoolId?)s.School).Prepend(null).ToList();
        var isTerm = id.Period.Kind == PeriodKind.Term;

        foreach (var school in schools) Add("pupilsScreened", null, school, numbers.Pupils(school, null));
        foreach (var level in Enum.GetValues<Level>())
            foreach (var school in schools) Add("pupilsAtLevel", level.ToString(), school, numbers.Pupils(school, level));
        foreach (var school in schools) Add("pupilsAtLevel", ReportCodes.ToLookInto, school, numbers.RaisedOrHigh(school));
        if (isTerm)
            foreach (var band in Enum.GetValues<GradeBand>())
                foreach (var school in schools)
                {
                    Add("pupilsScreened", null, school, numbers.Pupils(school, null, band), band);
                    foreach (var level in Enum.GetValues<Level>()) Add("pupilsAtLevel", level.ToString(), school, numbers.Pupils(school, level, band), band);
                    Add("pupilsAtLevel", ReportCodes.ToLookInto, school, numbers.RaisedOrHigh(school, band), band);
                }
        foreach (var family in SchoolCounts.Families)
            foreach (var school in schools) Add("newSigns", family.ToString(), school, numbers.NewSigns(school, family));
        foreach (var school in schools)
        {
            if (!isTerm)
            {
                Add("sessionsAttended", null, school, numbers.SessionsAttended(school));
                Add("sessionsAbsent", null, school, numbers.SessionsAbsent(school));
            }
            Add("attendanceRate", null, school, numbers.Attendance(school) is { } rate ? Math.Round((decimal)rate, 1) : null);
            Add("feedCompleteness", null, school, LineOf(school).KnownPercent);
        }
        foreach (var school in schools)
        {
            AddReferrals("referralsOpened", null, school, numbers.Opened(school));
            AddReferrals("referralsAcknowledged", null, school, numbers.Acknowledged(school));
            AddReferrals("referralsClosed", null, school, numbers.Closed(school));
            if (isTerm)
                foreach (var verdict in Enum.GetValues<Verdict>()) AddReferrals("referralsClosedWith", verdict.ToString(), school, numbers.ClosedWith(school, verdict));
            AddReferrals("medianDaysToAcknowledge", null, school, LineOf(school).Times.Acknowledged);
            AddReferrals("medianDaysToContact", null, school, LineOf(school).Times.Contacted);
        }
        return facts;

        ReportLine LineOf(SchoolId? school) => school is { } one ? content.Schools.First(s => s.School == one).Line : content.District;

        void Add(string measure, string? category, SchoolId? school, decimal? value, GradeBand? band = null) =>
            AddFact(measure, category, school, band, value, numbers.IsCounted(school) ? FactState.Hidden : FactState.NotCounted);

        void AddReferrals(string measure, string? category, SchoolId? school, decimal? value) => AddFact(measure, category, school, null, value, FactState.Hidden);

        void AddFact(string measure, string? category, SchoolId? school, GradeBand? band, decimal? value, FactState otherwise) => facts.Add(new ReportFact(
            id.Period.Key, id.Period.First, id.Period.Last, id.Revision, measure, category, school?.Value, band?.ToString(), value,
            value is null ? otherwise : FactState.Shown, value is null ? null : MarginOf(measure, category, school, band)));

        decimal? MarginOf(string measure, string? category, SchoolId? school, GradeBand? band) => measure switch
        {
            "pupilsScreened" => numbers.PupilsMargin(Enum.GetValues<Level>().Length, band),
            "pupilsAtLevel" => numbers.PupilsMargin(category == ReportCodes.ToLookInto ? 2 : 1, band),
            "newSigns" => numbers.Margin(ReportTables.Signs),
            "sessionsAttended" or "sessionsAbsent" => numbers.Margin(ReportTables.Sessions),
            "attendanceRate" => numbers.AttendanceMargin(school) is { } points ? Math.Round((decimal)points, 1) : null,
            "referralsClosed" => numbers.Margin(ReportTables.Referrals, Enum.GetValues<Verdict>().Length),
            "referralsOpened" or "referralsAcknowledged" or "referralsClosedWith" => numbers.Margin(ReportTables.Referrals),
            _ => null,
        };
    }

    /// <summary>What a revision shows otherwise than the one before it: the same number, then and now.</summary>
    public static IReadOnlyList<(ReportFact Then, ReportFact Now)> Changes(ReportContent then, ReportContent now)
    {
        var before = Of(then).ToDictionary(PlaceOf);
        return [.. Of(now).Where(fact => before.TryGetValue(PlaceOf(fact), out var old) && (old.Value, old.State) != (fact.Value, fact.State)).Select(fact => (before[PlaceOf(fact)], fact))];
    }

    private static (string, string?, string?, string?) PlaceOf(ReportFact fact) => (fact.Measure, fact.Category, fact.School, fact.Grades);
}

/// <summary>How numbers are written for machines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<ReportFact>))]
[JsonSerializable(typeof(ReportFact))]
public sealed partial class ReportFactJson : JsonSerializerContext;
