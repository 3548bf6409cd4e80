using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>What a command changes, and the entry it leaves: once, also where the command is run again with the same files.</summary>
public sealed class AuditedCommandsTests : IDisposable
{
    private const string Codes = """{ "id": "ours", "source": "the district's handbook", "entries": { "QZ": { "mark": "absent", "reason": "illness" } } }""";

    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task DistrictConfig_RulesCodesContactsAndSettings_LeaveOneEntryEach()
    {
        cli.File("our-rules.json", DistrictConfigFilesTests.OurRules());
        cli.File("our-codes.json", Codes);
        var config = cli.File("district.json", """
            { "thresholds": { "ruleSet": "our-rules.json" }, "codeSets": ["our-codes.json", "us-daily"], "auditMonths": 36,
              "legalBasis": { "kind": "demonstration", "text": "made up" },
              "safeguarding": { "district": { "name": "Ms Hall", "phone": "555-0100" }, "schools": { "s1": { "lead": { "name": "Mr Lee", "phone": "555-0101" } } } } }
            """);
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(0, (await RunAsync("referrals", "--district-config", config)).Code);

        var entries = (await EntriesAsync()).Where(e => !e.Action.IsRead()).ToList();
        Assert.All(entries, e => Assert.Equal(("system command-line", "command"), (e.Who.Value, e.Through)));
        Assert.Equal("ours-1", Assert.Single(entries, e => e.Action == AuditAction.ChangeRules).Reference);
        Assert.Equal("ours", Assert.Single(entries, e => e.Action == AuditAction.ChangeCodeSets).Reference);
        Assert.Single(entries, e => e.Action == AuditAction.ChangeLegalBasis);
        // The settings themselves, the district's contact, and the school's.
        Assert.Equal([null, null, "s1"], entries.Where(e => e.Action == AuditAction.ChangeSettings).Select(e => e.School?.Value).Order(StringComparer.Ordinal));

        // Other codes under the same id are a change.
        cli.File("our-codes.json", Codes.Replace("illness", "medical", StringComparison.Ordinal));
        await RunAsync("referrals", "--district-config", config);
        Assert.Equal(2, (await EntriesAsync()).Count(e => e.Action == AuditAction.ChangeCodeSets));
    }

    [Fact]
    public async Task Import_CalendarAndStaff_LeaveAnEntryForEachSchoolOrTheDistrict()
    {
        var calendar = cli.File("calendar.csv", "date,schoolId,instructional,reason\n2026-01-12,s1,true,\n2026-01-13,s1,true,\n2026-01-12,,true,\n");
        Assert.Equal(0, (await RunAsync("import", "calendar", calendar)).Code);
        var calendars = (await EntriesAsync()).Where(e => e.Action == AuditAction.ImportCalendar).ToList();
        Assert.Equal([(null, 1), ("s1", 2)], calendars.Select(e => (e.School?.Value, e.Count!.Value)).OrderBy(e => e.Item1, StringComparer.Ordinal));
        Assert.All(calendars, e => Assert.Equal(("system command-line", "command"), (e.Who.Value, e.Through)));

        var staff = cli.File("staff.csv", "staffId,name,roles,schools\nt-1,Ms Green,Teacher,s1\n");
        var ended = await RunAsync("import", "staff", staff);
        Assert.True(ended.Code == 0, ended.Error + ended.Output);
        Assert.Equal(1, Assert.Single(await EntriesAsync(), e => e.Action == AuditAction.ChangeStaff).Count);
        Assert.Equal(0, (await RunAsync("audit", "verify")).Code);
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        // The commands run on this machine's clock.
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await using var app = new LocalApp(today, data: cli.Data);
        return (await app.Get<AuditSearch>().FindAsync(Authority.System("test"), new AuditQuery(today.AddDays(-1), today), default)).Entries;
    }

    private Task<Ended> RunAsync(params string[] args) => cli.RunAsync([.. args, "--district", "test"]);
}
