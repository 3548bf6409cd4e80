using System.Globalization;
using System.Text.Json;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Tests.Commands;

public sealed class AuditCommandTests(SmallDistrictFixture district) : IClassFixture<SmallDistrictFixture>
{
    private Cli Cli => district.Cli;

    [Fact]
    public async Task Verify_AfterAWholeDistrict_IsWholeAndEndsWith0()
    {
        var ended = await Cli.RunAsync("audit", "verify", "--json");
        Assert.Equal(0, ended.Code);
        var found = JsonDocument.Parse(ended.Output).RootElement;
        Assert.True(found.GetProperty("whole").GetBoolean());
        Assert.InRange(found.GetProperty("entries").GetInt64(), 5, 1_000);
        Assert.InRange(found.GetProperty("seals").GetInt64(), 1, 1_000);
        Assert.Contains("a second", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_AfterListAndExplanation_SaysWhoWasShownAndWhoChanged()
    {
        await Cli.RunAsync("referrals");
        await Cli.RunAsync("explain", "ben");
        await Cli.RunAsync("export", "ben");
        var ben = JsonDocument.Parse((await Cli.RunAsync("export", "ben")).Output).RootElement;

        var disclosures = ben.GetProperty("disclosures").EnumerateArray().Select(d => d.GetProperty("action").GetString()).ToHashSet();
        Assert.Superset(new HashSet<string?> { "readWorklist", "readScreening", "exportRecord" }, disclosures);
        Assert.Contains("command-line", ben.GetProperty("disclosures").EnumerateArray().Select(d => d.GetProperty("by").GetString()));

        var ada = JsonDocument.Parse((await Cli.RunAsync("export", "ada")).Output).RootElement;
        Assert.DoesNotContain("readWorklist", ada.GetProperty("disclosures").EnumerateArray().Select(d => d.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Verify_AfterAWholeDistrict_NoEntryNamesAnybody()
    {
        await Cli.RunAsync("referrals");
        await Cli.RunAsync("export", "ben");
        using var host = StoreSwitch.Open(Cli.Data);
        var tables = StoreSwitch.StoreOf(host);
        var text = new System.Text.StringBuilder();
        foreach (var partition in SmallDistrictFixture.AuditOfThisMonth())
            await foreach (var row in tables.QueryAsync(TableName.Audit, partition, new RowKeyRange("", "~"), CancellationToken.None))
                text.Append(row.Key.Value).Append(System.Text.Encoding.Latin1.GetString(row.Body.Span)).Append('\n');
        var all = text.ToString();
        Assert.Contains("ImportRoster", all, StringComparison.Ordinal);
        foreach (var canary in new[] { "Ada", "Lamp", "Ben", "Quill", "\"ben\"", "\"ada\"", "door", "said something", "t-1" })
            Assert.DoesNotContain(canary, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NoMonth_IsAMistakeInUse()
    {
        var ended = await Cli.RunAsync("audit", "verify", "--from", "spring");
        Assert.Equal(2, ended.Code);
        Assert.Contains("--from takes a month such as 2026-01.", ended.Error, StringComparison.Ordinal);
    }
}

/// <summary>One small district for tests that only look.</summary>
public sealed class SmallDistrictFixture : IAsyncLifetime
{
    public Cli Cli { get; } = new();

    public static IEnumerable<PartitionKey> AuditOfThisMonth()
    {
        var month = TimeProvider.System.GetUtcNow().ToString("yyyyMM", CultureInfo.InvariantCulture);
        return Enumerable.Range(0, AuditChains.DefaultCount).Select(chain => PartitionKey.Of("district", month, chain.ToString("D3", CultureInfo.InvariantCulture)));
    }

    public async ValueTask InitializeAsync() => await SmallDistrict.ImportAsync(Cli);

    public ValueTask DisposeAsync()
    {
        Cli.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class BrokenAuditTests : IDisposable
{
    private readonly Cli cli = new();

    [Fact]
    public async Task Verify_EntryDeleted_NamesItAndEndsWith3()
    {
        await SmallDistrict.ImportAsync(cli);
        using (var host = StoreSwitch.Open(cli.Data))
        {
            var tables = StoreSwitch.StoreOf(host);
            foreach (var partition in SmallDistrictFixture.AuditOfThisMonth())
                await foreach (var row in tables.QueryAsync(TableName.Audit, partition, RowKeyRange.Under("E"), CancellationToken.None))
                    await tables.CommitAsync(TableName.Audit, partition, [new RowChange.Delete(row.Key, row.ETag)], CancellationToken.None);
        }

        var ended = await cli.RunAsync("audit", "verify");
        Assert.Equal(3, ended.Code);
        Assert.Contains("CutTail", ended.Output, StringComparison.Ordinal);
        Assert.Contains("The audit is not whole.", ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => cli.Dispose();
}
