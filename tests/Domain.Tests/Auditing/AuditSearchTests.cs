using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;
using Xunit;

namespace SchoolSignal.Domain.Tests.Auditing;

public sealed class AuditSearchTests : IDisposable
{
    private static readonly SchoolId Oak = SchoolId.Parse("oak");
    private static readonly Authority Teacher = new(AuditActor.Staff("t-1"), [Role.Teacher], AccessReason.OwnClass);
    private static readonly Authority Administrator = new(AuditActor.Staff("a-1"), [Role.Administrator], AccessReason.RolePermits);
    private static readonly DateOnly Today = new(2026, 1, 15);
    private static readonly StudentKey Ada = StudentKey.New();
    private static readonly StudentKey Ben = StudentKey.New();

    private readonly AuditHouse house = new(chains: 4);
    private readonly Disclosures disclosures;
    private readonly AuditSearch search;

    public AuditSearchTests()
    {
        disclosures = new Disclosures(house.Store.Tables, AuditHouse.District);
        search = new AuditSearch(house.Store.Tables, house.Chains, disclosures, house.Log, AuditHouse.District, house.Clock);
    }

    [Fact]
    public async Task FindAsync_ByEachCriterion_FindsThoseAndNoOthers()
    {
        await SomeWorkAsync();
        Assert.Equal(5, (await FindAsync(q => q)).Count);
        Assert.Equal([AuditAction.ReadCase, AuditAction.ReadWorklist], (await FindAsync(q => q with { Who = AuditActor.Staff("s-1") })).Select(e => e.Action));
        Assert.Equal([AuditAction.SubmitObservation], (await FindAsync(q => q with { Action = AuditAction.SubmitObservation })).Select(e => e.Action));
        Assert.Equal([AuditAction.ScreenSchool], (await FindAsync(q => q with { School = Oak })).Select(e => e.Action));
    }

    [Theory]
    [InlineData(15, 15, 5)]
    [InlineData(14, 14, 0)]
    [InlineData(16, 16, 0)]
    [InlineData(1, 31, 5)]
    public async Task FindAsync_ByDays_FindsBothEnds(int from, int to, int count)
    {
        await SomeWorkAsync();
        var found = await search.FindAsync(Administrator, new AuditQuery(new DateOnly(2026, 1, from), new DateOnly(2026, 1, to)), CancellationToken.None);
        Assert.Equal(count, found.Entries.Count(e => e.Action != AuditAction.SearchAudit));
    }

    [Fact]
    public async Task FindAsync_RecordedAfterAnOutageInTheNextMonth_IsFoundByTheDayItWasRecorded()
    {
        var late = house.Write(Ada);
        house.Clock.Advance(TimeSpan.FromDays(20));
        await house.Chains.AppendAsync(late, CancellationToken.None);
        var found = await search.FindAsync(Administrator, new AuditQuery(new DateOnly(2026, 2, 4), new DateOnly(2026, 2, 4)), CancellationToken.None);
        Assert.Contains(late.Id, found.Entries.Select(e => e.Id));
    }

    [Fact]
    public async Task FindAsync_MoreThanTheMost_ShowsTheNewest()
    {
        await house.FillAsync(AuditFound.Most + 5);
        var found = await search.FindAsync(Administrator, new AuditQuery(Today, Today), CancellationToken.None);
        Assert.True(found.IsMore);
        Assert.Equal(AuditFound.Most, found.Entries.Count);
        Assert.Equal(house.Clock.GetUtcNow(), found.Entries[0].At);
        Assert.True(found.Entries.Zip(found.Entries.Skip(1)).All(pair => pair.First.At >= pair.Second.At));
    }

    [Theory]
    [InlineData(1, 31, true)]
    [InlineData(1, 32, false)]
    [InlineData(2, 1, false)]
    public void IsInOrder_UpToThirtyOneDays_Inclusive(int from, int to, bool isInOrder) =>
        Assert.Equal(isInOrder, new AuditQuery(new DateOnly(2026, 1, 1).AddDays(from - 1), new DateOnly(2026, 1, 1).AddDays(to - 1)).IsInOrder);

    [Fact]
    public async Task FindAsync_IsItselfInTheAudit()
    {
        await search.FindAsync(Administrator, new AuditQuery(Today, Today) { Who = AuditActor.Staff("t-1") }, CancellationToken.None);
        var look = Assert.Single(await FindAsync(q => q with { Action = AuditAction.SearchAudit }), e => e.Reference is not null);
        Assert.Equal(("staff a-1", "staff t-1"), (look.Who.Value, look.Reference));
    }

    [Fact]
    public async Task OfPupilAsync_Pupil_FindsOwnEntriesAndListsAndKeepsThePurpose()
    {
        await SomeWorkAsync();
        var found = await search.OfPupilAsync(Administrator, Ada, [AuditHouse.Elm], StatedPurpose.Complaint, new AuditQuery(Today, Today), CancellationToken.None);
        Assert.Equal(
            [AuditAction.SearchAudit, AuditAction.SubmitObservation, AuditAction.ReadCase, AuditAction.ReadWorklist], found.Entries.Select(e => e.Action));
        Assert.Equal(StatedPurpose.Complaint, found.Entries[0].Purpose);

        Assert.Equal([AuditAction.ReadWorklist], (await disclosures.OfPupilAsync(Ben, [AuditHouse.Elm], null, null, CancellationToken.None)).Select(e => e.Action));
    }

    public void Dispose() => house.Dispose();

    private async Task SomeWorkAsync()
    {
        await house.Log.ReadListAsync(
            AuditHouse.Counsellor, AuditAction.ReadWorklist, [(Ada, AuditHouse.Elm), (Ben, AuditHouse.Elm)], CancellationToken.None);
        Tick();
        await house.Log.ReadAsync(AuditHouse.Counsellor, AuditAction.ReadCase, Ada, AuditHouse.Elm, "ref-1", CancellationToken.None);
        Tick();
        await house.Trail.AppendAsync(AuditEntry.OfPupil(Teacher, AuditAction.SubmitObservation, Ada, AuditHouse.Elm, house.Clock.GetUtcNow()), CancellationToken.None);
        Tick();
        foreach (var school in new[] { AuditHouse.Elm, Oak })
            await house.Trail.AppendAsync(
                AuditEntry.OfRun(Authority.System("screening"), AuditAction.ScreenSchool, "run-1", school, house.Clock.GetUtcNow(), 2), CancellationToken.None);
        Tick();
    }

    private void Tick() => house.Clock.Advance(TimeSpan.FromMinutes(1));

    /// <summary>Newest first, and without the searches themselves unless they are asked for.</summary>
    private async Task<List<AuditEntry>> FindAsync(Func<AuditQuery, AuditQuery> narrow)
    {
        var query = narrow(new AuditQuery(Today, Today));
        var found = await search.FindAsync(Administrator, query, CancellationToken.None);
        return [.. found.Entries.Where(e => e.Action != AuditAction.SearchAudit || query.Action is not null)];
    }
}
