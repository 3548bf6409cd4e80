using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Reports;
using SchoolSignal.Domain.Reports.Measures;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Functions.Tests.Referrals;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;
using SchoolSignal.Pages.Reports;

namespace SchoolSignal.Functions.Tests.Reports;

/// <summary>What a revision shows otherwise, in words.</summary>
public sealed partial class RevisionListTests
{
    [Theory]
    [InlineData("en", "week-2026-03-09", "Pupils · To look into", "New signs · Part days", "Attendance, %")]
    [InlineData("ja", "week-2026-03-09", "様子を見たい児童生徒", null, null)]
    [InlineData("en", "term", "Referrals closed · Support was given", "Pupils · Look into first · Grades 6 to 8", "Days to first contact")]
    [InlineData("ja", "term", "支援を行った", "6年から8年", null)]
    public async Task Changes_OfEveryNumberThereIs_NameTheMeasureInTheReadersWords(string language, string period, params string?[] words)
    {
        await using var site = await CaseSite.StartAsync();
        var page = await RenderAsync(site, language, ContentOf(period));
        var names = Name().Matches(page[page.IndexOf("<table", page.IndexOf("id=\"revisions\"", StringComparison.Ordinal), StringComparison.Ordinal)..])
            .Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(names);
        // A key without words, or a name as files have it, is letters without a blank: sessionsAbsent, Cases.Verdict.Supported.
        Assert.DoesNotContain(names, name => Key().IsMatch(name));
        if (language == "ja") Assert.DoesNotContain(names, name => Latin().IsMatch(name));
        Assert.All(words.OfType<string>(), word => Assert.Contains(names, name => name.Contains(word, StringComparison.Ordinal)));
    }

    private static ReportContent ContentOf(string period)
    {
        var id = period == "term"
            ? new ReportId(ReportPeriod.Term(new DateOnly(2026, 1, 5), new DateOnly(2026, 3, 27)), 2)
            : new ReportId(ReportPeriod.WeekOf(new DateOnly(2026, 3, 9)), 2);
        var line = new ReportLine(CountState.Counted, id.Period.Last, 99, new AnswerTimes(2, 4.5m));
        var content = new ReportContent(
            id.ToString(), DateTimeOffset.UnixEpoch, ReportMode.Hide, 10, line, [new ReportSchool(CaseSite.Oakfield, line)], [], new Dictionary<string, IReadOnlyList<long?>>(), null, []);
        return content with { Tables = content.Shape().Shapes().ToDictionary(shape => shape.Name, shape => (IReadOnlyList<long?>)[.. Enumerable.Repeat<long?>(20, shape.Count)]) };
    }

    private static async Task<string> RenderAsync(CaseSite site, string language, ReportContent content)
    {
        var report = new Report(content.Key, ReportState.Released, DateTimeOffset.UnixEpoch, ReportMode.Hide, "", 0, 1, 9, 0, 1, null, []);
        // The district's lines alone: each number there is, once.
        var changes = ReportFacts.Of(content).Where(fact => fact.School is null).Select(fact => (fact with { Value = 1 }, fact)).ToList();
        var model = new ReportModel(
            new ReportView(report, null, null, [report], changes), null, new Dictionary<string, string>(), false, FormState.Of(new Dictionary<string, string>()), null);
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = language;
        using var body = new MemoryStream();
        context.Response.Body = body;
        await using var scope = site.Get<IServiceScopeFactory>().CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<PageRenderer>().RenderAsync<ReportPage, ReportModel>(context.Request, CaseSite.Ann, model, CancellationToken.None);
        await result.ExecuteAsync(context);
        return WebUtility.HtmlDecode(Encoding.UTF8.GetString(body.ToArray()));
    }

    [GeneratedRegex("</th>\\s*<td>([^<]*)</td>")]
    private static partial Regex Name();

    [GeneratedRegex("[a-z][A-Z]|[A-Za-z]\\.[A-Z]")]
    private static partial Regex Key();

    [GeneratedRegex("[A-Za-z]")]
    private static partial Regex Latin();
}
