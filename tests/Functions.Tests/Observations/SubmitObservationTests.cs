using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Tests.Observations;

/// <summary>Forms as JSON.</summary>
public sealed class SubmitObservationTests : IAsyncLifetime
{
    private const string Good = """{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3,"2":"4","3":3,"5":null}}""";

    private readonly FormApp app = new();

    public async ValueTask InitializeAsync() => await app.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string json, string? key = "k1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/observations") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await app.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<IReadOnlyList<StoredObservation>> OwnAsync() => await app.Get<OwnSubmissions>().ReadAsync("green", 10, default);

    [Fact]
    public async Task Post_GoodFormTwice_GivesTheSameAnswerAndOneForm()
    {
        var first = await PostAsync(Good);
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(first, await PostAsync(Good));
        var own = Assert.Single(await OwnAsync());
        Assert.Equal(JsonDocument.Parse(first.Body).RootElement.GetProperty("id").GetString(), own.Observation.Id.ToString());
        Assert.Equal([3, 4, 3, null, null, null, null, null, null, null, null, null, null], own.Observation.Items);
    }

    [Fact]
    public async Task Post_SameKeyOtherContent_Answers409AndTheFirstStands()
    {
        await PostAsync(Good);
        var (status, body) = await PostAsync(Good.Replace("\"1\":3", "\"1\":1", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("KeyUsedBefore", body, StringComparison.Ordinal);
        Assert.Equal((byte?)3, Assert.Single(await OwnAsync()).Observation.Item(1));
    }

    [Theory]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":5,"14":1,"2":"x"},"observer":"head","revision":7}""", "items.1 items.14 items.2 observer revision")]
    [InlineData("""{"studentUniqueId":"s1","items":{"1":3}}""", "safeguarding")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":"maybe","items":{"1":3}}""", "safeguarding")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{}}""", "items")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3},"date":"2026-02-14"}""", "date")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3},"date":"13.02.2026"}""", "date")]
    [InlineData("""{"safeguarding":false}""", "studentUniqueId items")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3},"items":{"1":4}}""", "items")]
    [InlineData("""{"studentUniqueId":"s1","safeguarding":false,"items":{"1":3},"submitter":"green@school.example"}""", "submitter")]
    public async Task Post_WrongFields_AreEachNamedWithWhatToDo(string json, string fields)
    {
        var (status, body) = await PostAsync(json);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        var problems = JsonDocument.Parse(body).RootElement.GetProperty("problems").EnumerateArray().ToList();
        Assert.Equal(fields, string.Join(' ', problems.Select(p => p.GetProperty("field").GetString())));
        Assert.All(problems, p => Assert.NotEmpty(p.GetProperty("what").GetString()!));
        Assert.Empty(await OwnAsync());
    }

    [Fact]
    public async Task Post_AnyText_IsStoredAsText()
    {
        var note = "<img src=x onerror=alert(1)> \u202Eשלום\u202C 👩🏽‍🚀 ＮＵＬ: \0 end";
        var (status, _) = await PostAsync(JsonSerializer.Serialize(new { studentUniqueId = "s1", safeguarding = false, items = new Dictionary<string, int> { ["1"] = 1 }, note }));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(note.Replace("\0", "", StringComparison.Ordinal), Assert.Single(await OwnAsync()).Note);

        var (tooLong, body) = await PostAsync(JsonSerializer.Serialize(new { studentUniqueId = "s1", safeguarding = false, items = new Dictionary<string, int> { ["1"] = 1 }, note = new string('é', 4001) }), "k2");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLong);
        Assert.Contains("\"note\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("{\"note\":\"\\ud83d\"}", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Post_NoForm_Answers400(string json, HttpStatusCode expected) => Assert.Equal(expected, (await PostAsync(json)).Status);

    [Fact]
    public async Task Post_TooLargeOrWithoutKey_IsRefused()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(Good + new string(' ', 64 * 1024))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Good, key: null)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Good, new string('k', 201))).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Good, new string('k', 200))).Status);
    }

    [Fact]
    public async Task Post_PupilOfAnotherClassAndUnknownPupil_AreOneAnswer()
    {
        var others = await PostAsync(Good.Replace("s1", "s9", StringComparison.Ordinal));
        var unknown = await PostAsync(Good.Replace("s1", "nobody", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, others.Status);
        Assert.Equal(Without(unknown.Body), Without(others.Body));

        static string Without(string problem) => System.Text.RegularExpressions.Regex.Replace(problem, "\"traceId\":\"[^\"]*\"", "");
    }

    [Fact]
    public async Task Post_SystemWithAVerifiedSubmitter_IsThatTeachersForm()
    {
        app.SignIn(FormApp.System);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(Good)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(Good.Replace("}}", "},\"submitter\":\"stranger@school.example\"}", StringComparison.Ordinal))).Status);
        var by = Good.Replace("}}", "},\"submitter\":\"Green@School.example\"}", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(by.Replace("s1", "s9", StringComparison.Ordinal))).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(by)).Status);
        Assert.Equal("green", Assert.Single(await OwnAsync()).Observation.Observer);
    }

    [Fact]
    public async Task Post_Concern_IsKeptAndRaisedWhateverElseIsWrong()
    {
        await app.Get<SafeguardingContactStore>().SetDistrictAsync(null, new SchoolSafeguarding(null, null, null, null), default);
        var (status, body) = await PostAsync("""{"studentUniqueId":"s9","safeguarding":true,"items":{"1":99},"what":"said so"}""", key: null);
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Contains("not a report", body, StringComparison.Ordinal);
        await Local.Harness.UntilAsync(async () => (await app.Get<UrgentConcerns>().ReadAsync(FormApp.North, default)).Count == 1);

        var (unknown, told) = await PostAsync("""{"studentUniqueId":"nobody","safeguarding":true,"items":{}}""");
        Assert.Equal(HttpStatusCode.NotFound, unknown);
        Assert.Contains("Speak to one of these people now", told, StringComparison.Ordinal);
        Assert.Contains("Speak to one of these people now", (await PostAsync("""{"safeguarding":true,""")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_NotOffered_Answers409WithTheReason()
    {
        await app.Get<SafeguardingContactStore>().SetDistrictAsync(null, new SchoolSafeguarding(null, null, null, null), default);
        var (status, body) = await PostAsync(Good);
        Assert.Equal((HttpStatusCode.Conflict, true), (status, body.Contains("NoSafeguardingContact", StringComparison.Ordinal)));
    }
}
