using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.District;

public sealed class DistrictSettingsStoreTests : IDisposable
{
    private readonly TestStore store = new();
    private readonly DistrictSettingsStore settings;

    public DistrictSettingsStoreTests() => settings = new DistrictSettingsStore(store.Tables, DistrictId.Parse("valley"));

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Read_NothingSaved_IsTheDefaultWithoutLegalBasis()
    {
        var stored = await settings.ReadAsync(CancellationToken.None);
        Assert.Null(stored.Version);
        Assert.Same(DistrictSettings.Default, stored.Settings);
        Assert.Null(stored.Settings.LegalBasis);
        Assert.Equal(3, stored.Settings.Thresholds.StaleFeedSchoolDays);
    }

    [Fact]
    public async Task Save_EverySetting_ComesBack()
    {
        var saved = new DistrictSettings(
            new LegalBasis(LegalBasisKind.PublicTask, "Impact assessment 7"), ["england-2024"], new DistrictThresholds(4, "2026.1"),
            Enumerable.Range(0, 8000).Select(_ => StudentKey.New()).ToHashSet(),
            [.. Enumerable.Range(0, 9000).Select(i => StudentUniqueId.Parse($"pupil no. {i}"))],
            new DistrictCapacity(5, new Dictionary<SchoolId, int> { [SchoolId.Parse("a/b")] = 2 }), 9)
        {
            Profile = new DistrictProfile("Willow Valley", "ja", "Asia/Tokyo"),
        };
        Assert.NotNull(await settings.SaveAsync(saved, null, CancellationToken.None));
        AssertEqual(saved, (await settings.ReadAsync(CancellationToken.None)).Settings);
        Assert.Equal(saved.Profile, await settings.ReadProfileAsync(CancellationToken.None));

        var fewer = saved with { OptOuts = saved.OptOuts.Take(1).ToHashSet(), UnresolvedOptOuts = [] };
        Assert.NotNull(await settings.SaveAsync(fewer, (await settings.ReadAsync(CancellationToken.None)).Version, CancellationToken.None));
        AssertEqual(fewer, (await settings.ReadAsync(CancellationToken.None)).Settings);
        Assert.Equal(2, (await store.RowsAsync(TableName.District, PartitionKey.Of("valley"), new RowKeyRange("s", "t"))).Count);
    }

    [Fact]
    public async Task Read_SavedByAnotherProcess_IsSeenAtOnce()
    {
        await settings.SaveAsync(DistrictSettings.Default with { FirstMonth = 9 }, null, CancellationToken.None);
        Assert.Equal(9, (await settings.ReadAsync(CancellationToken.None)).Settings.FirstMonth);

        var elsewhere = new DistrictSettingsStore(store.Tables, DistrictId.Parse("valley"));
        var (known, optedOut) = (await elsewhere.ReadAsync(CancellationToken.None), StudentKey.New());
        var changed = known.Settings with { FirstMonth = 4, OptOuts = new HashSet<StudentKey> { optedOut }, Profile = new DistrictProfile("Willow Valley", "ja", "Asia/Tokyo") };
        Assert.NotNull(await elsewhere.SaveAsync(changed, known.Version, CancellationToken.None));

        Assert.Equal("ja", (await settings.ReadProfileAsync(CancellationToken.None)).Language);
        var seen = (await settings.ReadAsync(CancellationToken.None)).Settings;
        Assert.Equal(4, seen.FirstMonth);
        Assert.True(seen.IsOptedOut(optedOut));
    }

    [Fact]
    public async Task Save_OnAnOldVersion_IsRefused()
    {
        var first = await settings.SaveAsync(DistrictSettings.Default, null, CancellationToken.None);
        Assert.Null(await settings.SaveAsync(DistrictSettings.Default, null, CancellationToken.None));
        Assert.NotNull(await settings.SaveAsync(DistrictSettings.Default with { FirstMonth = 9 }, first, CancellationToken.None));
        Assert.Null(await settings.SaveAsync(DistrictSettings.Default, first, CancellationToken.None));
        Assert.Equal(9, (await settings.ReadAsync(CancellationToken.None)).Settings.FirstMonth);
    }

    [Fact]
    public async Task Change_ManyAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => settings.ChangeAsync(
            (before, _) => new(before with { OptOuts = before.OptOuts.Append(StudentKey.New()).ToHashSet() }), CancellationToken.None).AsTask())));
        Assert.Equal(20, (await settings.ReadAsync(CancellationToken.None)).Settings.OptOuts.Count);
    }

    private static void AssertEqual(DistrictSettings expected, DistrictSettings actual)
    {
        Assert.Equal((expected.LegalBasis, expected.Thresholds, expected.FirstMonth), (actual.LegalBasis, actual.Thresholds, actual.FirstMonth));
        Assert.Equal(expected.CodeSets, actual.CodeSets);
        Assert.Equal(expected.OptOuts.Order(), actual.OptOuts.Order());
        Assert.Equal(expected.UnresolvedOptOuts, actual.UnresolvedOptOuts);
        Assert.Equal(expected.Capacity.RoutinePerCounsellorAndWeek, actual.Capacity.RoutinePerCounsellorAndWeek);
        Assert.Equal(expected.Capacity.Counsellors, actual.Capacity.Counsellors);
    }
}
