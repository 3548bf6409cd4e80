using CsCheck;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.District;

public sealed class DistrictConfigFileTests
{
    private const string Whole = """
        {
          // as the docstring shows it
          "legalBasis": { "kind": "noticeAndOptOut", "text": "PPRA notice of 2025-08-01" },
          "codeSets": ["us-daily", "our-codes.json"],
          "thresholds": { "staleFeedSchoolDays": 5, "ruleSet": "our-rules.json" },
          "optOuts": ["604822", "604823", "604822"],
          "capacity": { "routinePerCounsellorAndWeek": 5, "counsellors": { "255901001": 2, "school.b": 0 } },
          "firstMonth": 4,
          "profile": { "name": "Willow Valley", "language": "ja", "timeZone": "Asia/Tokyo" },
        }
        """;

    private static DistrictConfig Loaded(string json) => Assert.IsType<DistrictConfigResult.Loaded>(DistrictConfigFile.Load(json, "d.json")).Config;

    private static string[] Errors(string json) =>
        [.. Assert.IsType<DistrictConfigResult.Invalid>(DistrictConfigFile.Load(json, "d.json")).Errors.Select(e => e.ToString())];

    [Fact]
    public void Load_WholeFile_GivesEveryPart()
    {
        var config = Loaded("\uFEFF" + Whole);
        Assert.Equal(new LegalBasis(LegalBasisKind.NoticeAndOptOut, "PPRA notice of 2025-08-01"), config.LegalBasis);
        Assert.Equal(["us-daily", "our-codes.json"], config.CodeSets!);
        Assert.Equal((5, "our-rules.json", 4), (config.StaleFeedSchoolDays, config.RuleSet, config.FirstMonth));
        Assert.Equal(new DistrictProfile("Willow Valley", "ja", "Asia/Tokyo"), config.Profile);
        Assert.Equal(TimeSpan.FromHours(9), config.Profile!.Zone.BaseUtcOffset);
        Assert.Equal(["604822", "604823"], config.OptOuts!.Select(id => id.Value));
        Assert.Equal(10, config.Capacity!.WeeklyCapOf(SchoolId.Parse("255901001")));
        Assert.Equal(0, config.Capacity.WeeklyCapOf(SchoolId.Parse("school.b")));
        Assert.Equal(5, config.Capacity.WeeklyCapOf(SchoolId.Parse("another")));
    }

    [Theory]
    [InlineData("[]", "d.json: must be an object { ... }")]
    [InlineData("{", "d.json: is not JSON (line 1, byte 2)")]
    [InlineData("", "d.json: is not JSON (line 1, byte 1)")]
    [InlineData("{\"legalBasis\":{\"kind\":\"\\uD800\",\"text\":\"t\"}}", "d.json: holds text that is not Unicode")]
    [InlineData("{\"optOut\":[]}", "d.json: optOut: is not a field of a district file")]
    [InlineData("{\"firstMonth\":1,\"firstMonth\":2}", "d.json: firstMonth: stands twice")]
    [InlineData("{\"firstMonth\":0}", "d.json: firstMonth: must be a whole number from 1 to 12")]
    [InlineData("{\"firstMonth\":13}", "d.json: firstMonth: must be a whole number from 1 to 12")]
    [InlineData("{\"firstMonth\":\"8\"}", "d.json: firstMonth: must be a whole number from 1 to 12")]
    [InlineData("{\"profile\":{\"timeZone\":\"Moon/Tycho\"}}", "d.json: profile.timeZone: is not a time zone such as Asia/Tokyo")]
    [InlineData("{\"legalBasis\":{\"kind\":\"none\",\"text\":\"t\"}}",
        "d.json: legalBasis.kind: must be one of consent, noticeAndOptOut, educationalInterest, publicTask, legalObligation, demonstration")]
    [InlineData("{\"legalBasis\":{\"kind\":\"consent\"}}", "d.json: legalBasis.text: is missing")]
    [InlineData("{\"legalBasis\":{\"kind\":\"consent\",\"text\":\" \"}}", "d.json: legalBasis.text: must be a text of 1 to 1000 characters")]
    [InlineData("{\"codeSets\":\"us-daily\"}", "d.json: codeSets: must be a list [ ... ]")]
    [InlineData("{\"codeSets\":[\"us-daily\",7]}", "d.json: codeSets[1]: must be a text of 1 to 60 characters")]
    [InlineData("{\"thresholds\":{\"staleFeedSchoolDays\":0}}", "d.json: thresholds.staleFeedSchoolDays: must be a whole number from 1 to 60")]
    [InlineData("{\"thresholds\":{\"staleFeedSchoolDays\":61}}", "d.json: thresholds.staleFeedSchoolDays: must be a whole number from 1 to 60")]
    [InlineData("{\"optOuts\":[\"1\",604822]}", "d.json: optOuts[1]: must be an id in quotes, as the roster writes it")]
    [InlineData("{\"optOuts\":[\"  \"]}", "d.json: optOuts[0]: is not a StudentUniqueId: 1 to 60 characters, no control characters")]
    [InlineData("{\"capacity\":{\"routinePerCounsellorAndWeek\":101}}",
        "d.json: capacity.routinePerCounsellorAndWeek: must be a whole number from 0 to 100")]
    [InlineData("{\"capacity\":{\"counsellors\":{\"a.b\":16}}}", "d.json: capacity.counsellors.a.b: must be a whole number from 0 to 15")]
    public void Load_WrongField_NamesFileAndField(string json, string error) => Assert.Equal([error], Errors(json));

    [Fact]
    public void Load_SeveralMistakes_NamesAll() =>
        Assert.Equal(3, Errors("{\"firstMonth\":0,\"x\":1,\"thresholds\":{\"y\":1}}").Length);

    [Fact]
    public void Load_AnyBytes_NeverThrows() =>
        Gen.OneOf(Gen.Byte.Array[0, 60], Gen.String.Select(System.Text.Encoding.UTF8.GetBytes))
            .Sample(bytes => { DistrictConfigFile.Load(bytes, "d.json"); });

    [Fact]
    public async Task ApplyTo_FileWithoutAPart_LeavesThatPartAsStored()
    {
        var stored = await Loaded(Whole).ApplyToAsync(DistrictSettings.Default, Nobody, CancellationToken.None);
        var changed = await Loaded("{\"firstMonth\":9}").ApplyToAsync(stored, Nobody, CancellationToken.None);
        Assert.Equal(stored with { FirstMonth = 9 }, changed);
        Assert.Null((await Loaded("{\"legalBasis\":null}").ApplyToAsync(stored, Nobody, CancellationToken.None)).LegalBasis);
        Assert.Empty((await Loaded("{\"optOuts\":[]}").ApplyToAsync(stored, Nobody, CancellationToken.None)).UnresolvedOptOuts);
    }

    [Fact]
    public async Task ApplyTo_OptOutsKnownAndNot_KeepsIdsOnlyUntilTheyResolve()
    {
        var known = new Dictionary<string, StudentKey> { ["604822"] = StudentKey.New() };
        ValueTask<StudentKey?> Resolve(StudentUniqueId id, CancellationToken _) => new(known.TryGetValue(id.Value, out var key) ? key : null);

        var settings = await Loaded(Whole).ApplyToAsync(DistrictSettings.Default, Resolve, CancellationToken.None);
        Assert.True(settings.IsOptedOut(known["604822"]));
        Assert.Equal(["604823"], settings.UnresolvedOptOuts.Select(id => id.Value));
        Assert.Same(settings, await settings.ResolveAsync(Resolve, CancellationToken.None));

        known["604823"] = StudentKey.New();
        var later = await settings.ResolveAsync(Resolve, CancellationToken.None);
        Assert.Empty(later.UnresolvedOptOuts);
        Assert.True(later.IsOptedOut(known["604822"]) && later.IsOptedOut(known["604823"]));
    }

    private static ValueTask<StudentKey?> Nobody(StudentUniqueId id, CancellationToken cancellationToken) => new((StudentKey?)null);
}
