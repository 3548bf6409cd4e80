using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.SignIn;

namespace SchoolSignal.Functions.Reports;

/// <summary>Released reports for Power BI and other systems: a flat list of numbers, page by page.</summary>
public sealed class ReportFeed(ReportReading reports, Gate gate)
{
    private const int UsualSize = 1_000;
    private const int MostSize = 5_000;
    private const string DateFormat = "yyyy-MM-dd";

    [Function("Reports")]
    [Operation("Released reports", Description = "Of each week and term the revision that holds, oldest first. Numbers are at api/reports/numbers.")]
    [QueryParameter("from", "First day on which a period may end, yyyy-MM-dd; none means from the beginning.")]
    [QueryParameter("to", "Last such day, inclusive; none means up to the newest.")]
    [Answer(200, "The reports: id, period, kind, from, to, revision, releasedAt, mode, numbersShown, numbersHidden.")]
    [Answer(400, "A date cannot be read.", "application/problem+json")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reports")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadTrends, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!TryDates(request, out var from, out var to)) return Problem("from and to are days, as 2026-03-09.");
        var listed = (await reports.PublicAsync(from, to, cancellationToken)).Select(r => new ReportListing(
            r.Key, r.Period.Key, r.Period.Kind.ToString(), r.Period.First, r.Period.Last, r.Id.Revision, r.ReleasedAt, r.Mode.ToString(), r.Shown, r.Hidden));
        return Json(JsonSerializer.Serialize([.. listed], ReportFeedJson.Default.ReportListingArray));
    }

    [Function("ReportNumbers")]
    [Operation("Numbers of released reports", Description = "One object for each number, in a schema that keeps its names: period, from, to, revision, measure, category, school, grades, value, state. A number that is hidden has the state Hidden and no value. Follow next until there is none.")]
    [QueryParameter("from", "First day on which a period may end, yyyy-MM-dd; none means from the beginning.")]
    [QueryParameter("to", "Last such day, inclusive; none means up to the newest.")]
    [QueryParameter("pageSize", "1 to 5000 numbers; 1000 unless stated.")]
    [QueryParameter("cursor", "Where the page before ended, as its next says.")]
    [Answer(200, "schemaVersion, numbers, and next: the address of the next page, or null.")]
    [Answer(400, "A parameter cannot be read.", "application/problem+json")]
    [Answer(401, "Nobody is signed in.", "application/problem+json")]
    [Answer(403, "The caller's roles do not include it.", "application/problem+json")]
    public async Task<IResult> Numbers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/reports/numbers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadTrends, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (!TryDates(request, out var from, out var to)) return Problem("from and to are days, as 2026-03-09.");
        var asked = request.Query["pageSize"].ToString();
        var size = UsualSize;
        if (asked.Length > 0 && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MostSize))
            return Problem($"pageSize is 1 to {MostSize}.");
        var cursor = request.Query["cursor"].ToString();
        if (await reports.NumbersAsync(from, to, cursor.Length > 0 ? cursor : null, size, cancellationToken) is not { } page)
            return Problem("cursor is what the next of another page says.");
        return Json(JsonSerializer.Serialize(new ReportNumbersPage(1, page.Facts, page.Next is { } next ? NextOf(request, next, size) : null), ReportFeedJson.Default.ReportNumbersPage));
    }

    private static string NextOf(HttpRequest request, string cursor, int size)
    {
        var kept = string.Concat(new[] { "from", "to" }.Where(name => request.Query.ContainsKey(name)).Select(name => $"&{name}={Uri.EscapeDataString(request.Query[name].ToString())}"));
        return $"/api/reports/numbers?cursor={Uri.EscapeDataString(cursor)}&pageSize={size.ToString(CultureInfo.InvariantCulture)}{kept}";
    }

    private static bool TryDates(HttpRequest request, out DateOnly from, out DateOnly to)
    {
        (from, to) = (DateOnly.MinValue, DateOnly.MaxValue);
        return TryDate(request.Query["from"], ref from) && TryDate(request.Query["to"], ref to);
    }

    private static bool TryDate(string? text, ref DateOnly date) =>
        string.IsNullOrEmpty(text) || DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static IResult Problem(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Json(string json) => Results.Content(json, "application/json; charset=utf-8");
}

/// <param name="NumbersShown">How many numbers it shows.</param>
internal sealed record ReportListing(
    string Id, string Period, string Kind, DateOnly From, DateOnly To, int Revision, DateTimeOffset? ReleasedAt, string Mode, int NumbersShown, int NumbersHidden);

internal sealed record ReportNumbersPage(int SchemaVersion, IReadOnlyList<ReportFact> Numbers, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReportListing[]))]
[JsonSerializable(typeof(ReportNumbersPage))]
internal sealed partial class ReportFeedJson : JsonSerializerContext;
