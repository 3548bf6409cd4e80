using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Functions.Tests.Observations;

/// <summary>One teacher, by an imported file under the school's own id and by the page under ours, is one observer.</summary>
public sealed class ObserverTests : IAsyncLifetime
{
    private readonly FormApp app = new();

    public async ValueTask InitializeAsync()
    {
        await app.StartAsync();
        await app.SendWeeksAsync();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData("t-1", false)]
    [InlineData("t-2", true)]
    public async Task Agreement_OfAFileAndAPage_IsOfTwoPeople(string observer, bool agrees)
    {
        await app.ImportAsync($"{{\"date\":\"2026-02-12\",\"studentUniqueId\":\"s1\",\"observer\":\"{observer}\",\"items\":{{\"1\":4,\"2\":4,\"3\":4,\"4\":4,\"5\":4}}}}\n", new FeedRequest(FeedContent.Observations));
        await app.HandInAsync($"Ada {FormApp.Canary}", "4444400000000");
        await Local.Harness.UntilAsync(async () => (await RulesAsync()).Contains("observed.withdrawing"));
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        Assert.Equal(agrees, (await RulesAsync()).Contains("observed.agreement"));
    }

    /// <summary>The staff list comes after the forms: they are read as what they are all the same.</summary>
    [Fact]
    public async Task Forms_BeforeTheStaffList_AreOneObserversOnceItHasCome()
    {
        const string Form = "{\"date\":\"2026-02-12\",\"studentUniqueId\":\"s1\",\"observer\":\"late-1\",\"items\":{\"1\":4,\"2\":4,\"3\":4,\"4\":4,\"5\":4}}\n";
        await app.ImportAsync(Form, new FeedRequest(FeedContent.Observations));
        var observers = app.Get<Domain.Observations.Observers>();
        Assert.Equal("late-1", await observers.OfAsync("late-1", default));
        await app.Get<StaffStore>().SaveAsync(
            new StaffMember(StaffId.Parse("late"), "late-1", "Ms Late", new HashSet<Role> { Role.Teacher }, new HashSet<SchoolId> { FormApp.North }), null, default);
        Assert.Equal("late", await observers.OfAsync("late-1", default));
        Assert.Equal("late", await observers.OfAsync("late", default));
        app.SignIn(FormApp.Green with { Id = StaffId.Parse("late") });
        await app.HandInAsync($"Ada {FormApp.Canary}", "4444400000000");
        await Local.Harness.UntilAsync(async () => (await RulesAsync()).Contains("observed.withdrawing"));
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        Assert.DoesNotContain("observed.agreement", await RulesAsync());
    }

    private async Task<List<string>> RulesAsync() =>
        [.. (await app.Get<ReferralStore>().ReadOpenAsync(default)).SelectMany(r => r.Evidence.Triggers).Select(t => t.RuleId)];
}
