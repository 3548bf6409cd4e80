using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;
using SchoolSignal.Domain.Tests.Auditing;
using Xunit;

namespace SchoolSignal.Domain.Tests.District;

public sealed class SettingsChangesTests : IDisposable
{
    private static readonly Authority Administrator = new(AuditActor.Staff("a-1"), [Role.Administrator], AccessReason.RolePermits);
    private static readonly LegalBasis Basis = new(LegalBasisKind.NoticeAndOptOut, "board decision 14");

    private readonly AuditHouse house = new();
    private readonly SettingsChanges settings;

    public SettingsChangesTests() =>
        settings = new SettingsChanges(new DistrictSettingsStore(house.Store.Tables, AuditHouse.District), house.Trail, house.Clock);

    [Fact]
    public async Task ChangeAsync_LegalBasis_LeavesOneEntryWithoutItsWords()
    {
        await ChangeAsync(s => s with { LegalBasis = Basis });
        var entry = Assert.Single(await house.EntriesAsync());
        Assert.Equal((AuditAction.ChangeLegalBasis, "staff a-1"), (entry.Action, entry.Who.Value));
        Assert.DoesNotContain("board", System.Text.Encoding.UTF8.GetString(entry.ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeAsync_OptOutsGivenAndTakenBack_EachPupilFindsIt()
    {
        var students = Enumerable.Range(0, AuditEntry.MaxUnlistedStudents + 1).Select(_ => StudentKey.New()).ToList();
        await ChangeAsync(s => s with { OptOuts = students.ToHashSet() });
        await ChangeAsync(s => s with { OptOuts = students.Skip(1).ToHashSet() });

        var disclosures = new Disclosures(house.Store.Tables, AuditHouse.District);
        Assert.Equal(2, (await disclosures.OfPupilAsync(students[0], [], null, null, CancellationToken.None)).Count);
        Assert.Equal(AuditAction.ChangeOptOuts, Assert.Single(await disclosures.OfPupilAsync(students[^1], [], null, null, CancellationToken.None)).Action);
    }

    [Fact]
    public async Task ChangeAsync_OtherSettings_LeavesOneEntry()
    {
        await ChangeAsync(s => s with { FirstMonth = 9 });
        Assert.Equal(AuditAction.ChangeSettings, Assert.Single(await house.EntriesAsync()).Action);
    }

    [Fact]
    public async Task ChangeAsync_SameAgain_LeavesNone()
    {
        await ChangeAsync(s => s with { LegalBasis = Basis, FirstMonth = 9 });
        var before = await house.EntriesAsync();
        await ChangeAsync(s => s with { LegalBasis = Basis, CodeSets = [.. s.CodeSets] });
        Assert.Equal(before.Count, (await house.EntriesAsync()).Count);
    }

    public void Dispose() => house.Dispose();

    private async Task ChangeAsync(Func<DistrictSettings, DistrictSettings> change) =>
        await settings.ChangeAsync(Administrator, (s, _) => ValueTask.FromResult(change(s)), CancellationToken.None);
}
