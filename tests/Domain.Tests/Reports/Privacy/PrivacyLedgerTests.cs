using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Privacy;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Reports.Privacy;

/// <summary>P8 and P9 of guarantees.md: the same question has the same answer; what the budget does not reach is refused, whoever asks at
/// the same time.</summary>
public sealed class PrivacyLedgerTests(ITestOutputHelper output) : IDisposable
{
    private static readonly SchoolYear Year = new(2026);
    private static readonly Epsilon Yearly = new(1000);
    private readonly TestStore store = new();

    [Fact]
    public async Task DrawAsync_FiftyReleasesAtOnce_SpendsNoMoreThanTheBudget()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => DrawAsync($"release {i}", 100, [(byte)i]))));
        var drawn = answers.OfType<PrivateDraw.Drawn>().ToList();
        var budget = await Ledger().ReadAsync(Year, CancellationToken.None);
        output.WriteLine($"50 asked at once for 0.1 of 1.0: {drawn.Count} drawn, {answers.OfType<PrivateDraw.BudgetSpent>().Count()} refused, {budget.Spent} spent");
        Assert.Equal(10, drawn.Count);
        Assert.All(drawn, d => Assert.True(d.First));
        Assert.Equal(40, answers.OfType<PrivateDraw.BudgetSpent>().Count());
        Assert.Equal(Yearly, budget.Spent);
        Assert.Equal(10, budget.Spendings.Select(s => s.Release).Distinct().Count());
    }

    [Fact]
    public async Task DrawAsync_OneReleaseFiftyTimesAtOnce_IsDrawnAndPaidForOnce()
    {
        var next = 0;
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Ledger().DrawAsync(
            "w12", Year, Yearly, Yearly, () => new[] { (byte)Interlocked.Increment(ref next) }, CancellationToken.None))));
        var bodies = answers.Select(a => Assert.IsType<PrivateDraw.Drawn>(a)).ToList();
        Assert.Single(bodies.Select(b => b.Body.Span[0]).Distinct());
        Assert.Single(bodies, b => b.First);
        Assert.Equal(Yearly, (await Ledger().ReadAsync(Year, CancellationToken.None)).Spent);
    }

    [Fact]
    public async Task DrawAsync_AskedAgainLater_IsTheSameAndCostsNothing()
    {
        var first = Assert.IsType<PrivateDraw.Drawn>(await DrawAsync("w12", 1000, [1, 2, 3]));
        var again = Assert.IsType<PrivateDraw.Drawn>(await DrawAsync("w12", 1000, [9, 9, 9]));
        Assert.False(again.First);
        Assert.Equal(first.Body.ToArray(), again.Body.ToArray());
        Assert.Equal(Yearly, (await Ledger().ReadAsync(Year, CancellationToken.None)).Spent);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task DrawAsync_OnTheEdgeOfTheBudget_IsInclusive(int thousandths, bool drawn) =>
        Assert.Equal(drawn, await DrawAsync("w12", thousandths, [1]) is PrivateDraw.Drawn);

    [Fact]
    public async Task DrawAsync_BeyondTheBudget_SaysWhatIsLeftAndDrawsNothing()
    {
        await DrawAsync("w1", 700, [1]);
        var calls = 0;
        var refused = Assert.IsType<PrivateDraw.BudgetSpent>(await Ledger().DrawAsync(
            "w2", Year, new Epsilon(301), Yearly, () => { calls++; return new byte[] { 1 }; }, CancellationToken.None));
        Assert.Equal(new Epsilon(300), refused.Left);
        Assert.Equal(0, calls);
        Assert.Null(await Ledger().FindAsync("w2", CancellationToken.None));
    }

    [Fact]
    public async Task DrawAsync_BudgetLoweredBelowWhatIsSpent_HasNothingLeft()
    {
        await DrawAsync("w1", 700, [1]);
        var refused = Assert.IsType<PrivateDraw.BudgetSpent>(
            await Ledger().DrawAsync("w2", Year, new Epsilon(1), new Epsilon(500), () => new byte[] { 1 }, CancellationToken.None));
        Assert.Equal(Epsilon.Zero, refused.Left);
    }

    [Fact]
    public async Task DrawAsync_AnotherSchoolYear_HasABudgetOfItsOwn()
    {
        await DrawAsync("w1", 1000, [1]);
        Assert.IsType<PrivateDraw.Drawn>(await Ledger().DrawAsync("next", new SchoolYear(2027), Yearly, Yearly, () => new byte[] { 1 }, CancellationToken.None));
    }

    [Fact]
    public async Task DrawAsync_ALargeRelease_ComesBackWhole()
    {
        var body = new byte[PrivacyLedger.MaxBody];
        new Random(4).NextBytes(body);
        await DrawAsync("large", 10, body);
        Assert.Equal(body, (await Ledger().FindAsync("large", CancellationToken.None))!.Value.ToArray());
        await Assert.ThrowsAsync<ArgumentException>(() => DrawAsync("larger", 10, new byte[PrivacyLedger.MaxBody + 1]));
        Assert.Equal(new Epsilon(10), (await Ledger().ReadAsync(Year, CancellationToken.None)).Spent);
    }

    public void Dispose() => store.Dispose();

    private PrivacyLedger Ledger() => new(store.Tables, DistrictId.Parse("d1"), new FakeTimeProvider());

    private Task<PrivateDraw> DrawAsync(string release, int thousandths, byte[] body) =>
        Ledger().DrawAsync(release, Year, new Epsilon(thousandths), Yearly, () => body, CancellationToken.None);
}
