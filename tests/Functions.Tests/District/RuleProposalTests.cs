using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;

namespace SchoolSignal.Functions.Tests.District;

/// <summary>Rules change in four eyes, and what a change would mean is counted before.</summary>
public sealed class RuleProposalTests : IAsyncLifetime
{
    private static readonly StaffId Ada = StaffId.Parse("ada");
    private static readonly StaffId Bo = StaffId.Parse("bo");
    private readonly LocalApp app = new(new DateOnly(2026, 3, 31));

    private RuleProposals Proposals => app.Get<RuleProposals>();

    public async ValueTask InitializeAsync()
    {
        // Thirty school days; pupil n misses n of them, every other day.
        var days = Enumerable.Range(0, 60).Select(i => new DateOnly(2026, 1, 5).AddDays(i)).Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(30).ToList();
        var calendar = string.Join('\n', days.Select(day => $"{day:yyyy-MM-dd},s,true,"));
        await app.SendAsync($"date,schoolId,instructional,reason\n{calendar}\n", new FeedRequest(FeedContent.Calendar));
        var roster = string.Join('\n', Enumerable.Range(0, 12).Select(i => $"p{i},s,7,2025-09-01,,Given{i},Family{i}"));
        await app.SendAsync($"studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName\n{roster}\n", new FeedRequest(FeedContent.Roster));
        var rows = from pupil in Enumerable.Range(0, 12)
                   from day in Enumerable.Range(0, 30)
                   select $"{days[day]:yyyy-MM-dd},s,p{pupil},{(day % 2 == 0 && day / 2 < pupil ? "U" : "P")}";
        await app.SendAsync($"date,schoolId,studentUniqueId,code\n{string.Join('\n', rows)}\n", new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register));
        await app.WorkAsync();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Propose_StricterRule_CountsWhoWouldFallAndChangesNothing()
    {
        // Severe from a fifth of the days makes six pupils Raised: they miss 6 to 11 of 30. From 30 % it is three of them.
        var severe = RuleNumbers.Of(await JsonAsync()).Single(number => number.Rule == "absence.severe" && number.Field == "when[0].atLeast");
        var preview = (await ProposeAsync("stricter", (severe.Path, "0.30"))).Preview!;
        Assert.Equal((12, 0, 3), (preview.Screened, preview.Rises, preview.Falls));
        Assert.Equal(new LevelChange(Level.Raised, 6, 3), preview.Levels.Single(level => level.Level == Level.Raised));
        Assert.Equal((12, 12), (preview.Levels.Sum(level => level.Now), preview.Levels.Sum(level => level.Then)));
        Assert.Equal("starting-1", (await InForceAsync()).Version);
    }

    /// <summary>By the rules in force, against a screening of the same day.</summary>
    [Fact]
    public async Task Propose_SameNumbers_CountsAsAScreeningDoes()
    {
        var preview = (await ProposeAsync("same")).Preview!;
        Assert.All(preview.Levels, level => Assert.Equal(level.Now, level.Then));
        await app.Get<DistrictChanges>().SetLegalBasisAsync(new LegalBasis(LegalBasisKind.Demonstration, "made up"), Authority.CommandLine, CancellationToken.None);
        var screened = await app.Get<ScreeningRuns>().ScreenSchoolAsync(
            SchoolId.Parse("s"), Domain.Calendars.SchoolYear.Containing(preview.AsOf), preview.AsOf, save: false, CancellationToken.None);
        Assert.All(preview.Levels, level => Assert.Equal(screened.Results.Count(result => result.Level == level.Level), level.Now));
    }

    [Fact]
    public async Task Approve_BySomebodyElse_GoesLiveAndIsInTheHistory()
    {
        var proposal = await ProposeAsync("2026-04", ("rules[0].points", "3"));
        Assert.Equal(DecideResult.OwnProposal, await Proposals.ApproveAsync(proposal.Id, Ada, Authority.CommandLine, CancellationToken.None));
        Assert.Equal("starting-1", (await InForceAsync()).Version);
        Assert.Equal(DecideResult.Done, await Proposals.ApproveAsync(proposal.Id, Bo, Authority.CommandLine, CancellationToken.None));
        var live = await InForceAsync();
        Assert.Equal(("2026-04", 3m), (live.Version, live.Rules[0].Points));
        Assert.Equal(DecideResult.NotOpen, await Proposals.ApproveAsync(proposal.Id, Bo, Authority.CommandLine, CancellationToken.None));
        var decided = Assert.Single(await Proposals.ListAsync(CancellationToken.None));
        Assert.Equal((ProposalState.Approved, "ada", "bo"), (decided.State, decided.ProposedBy, decided.DecidedBy));
    }

    [Fact]
    public async Task Approve_RulesChangedMeanwhile_IsRefused()
    {
        var first = await ProposeAsync("first", ("rules[0].points", "3"));
        var second = await ProposeAsync("second", ("rules[0].points", "4"));
        await Proposals.ApproveAsync(first.Id, Bo, Authority.CommandLine, CancellationToken.None);
        Assert.Equal(DecideResult.BaseChanged, await Proposals.ApproveAsync(second.Id, Bo, Authority.CommandLine, CancellationToken.None));
        Assert.Equal("first", (await InForceAsync()).Version);
    }

    /// <summary>The edge between counted at once and by the queue, and the same numbers either way.</summary>
    [Theory]
    [InlineData(RuleProposals.CountedAtOnce, false)]
    [InlineData(RuleProposals.CountedAtOnce + 1, true)]
    public async Task Propose_LargeDistrict_IsCountedByTheQueueAndApprovedOnlyThen(int schools, bool isQueued)
    {
        await OpenSchoolsAsync(schools - 1);
        var severe = RuleNumbers.Of(await JsonAsync()).Single(number => number.Rule == "absence.severe" && number.Field == "when[0].atLeast");
        var proposal = await ProposeAsync("stricter", (severe.Path, "0.30"));
        Assert.Equal(isQueued ? new PreviewProgress(0, schools) : null, proposal.Counting);
        if (isQueued)
        {
            Assert.Null(proposal.Preview);
            Assert.Equal(DecideResult.StillCounting, await Proposals.ApproveAsync(proposal.Id, Bo, Authority.CommandLine, CancellationToken.None));
        }
        await app.WorkAsync();
        var counted = (await Proposals.FindAsync(proposal.Id, CancellationToken.None))!;
        Assert.Null(counted.Counting);
        Assert.Equal((12, 0, 3), (counted.Preview!.Screened, counted.Preview.Rises, counted.Preview.Falls));
        // The message once more changes nothing.
        await app.Get<RulePreviewRun>().CountAsync(RulePreviewRun.MessageOf(DistrictId.Parse("test"), proposal.Id), CancellationToken.None);
        Assert.Equal(DecideResult.Done, await Proposals.ApproveAsync(proposal.Id, Bo, Authority.CommandLine, CancellationToken.None));
    }

    [Fact]
    public async Task Withdraw_WhileItIsCounted_StaysWithdrawn()
    {
        await OpenSchoolsAsync(RuleProposals.CountedAtOnce);
        var proposal = await ProposeAsync("other", ("rules[0].points", "3"));
        Assert.Equal(DecideResult.Done, await Proposals.WithdrawAsync(proposal.Id, Ada, Authority.CommandLine, CancellationToken.None));
        await app.WorkAsync();
        var after = (await Proposals.FindAsync(proposal.Id, CancellationToken.None))!;
        Assert.Equal((ProposalState.Withdrawn, null), (after.State, after.Counting));
    }

    /// <summary>Schools of the year beside the one with pupils.</summary>
    private async Task OpenSchoolsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await app.Get<SchoolRegistry>().AddAsync(SchoolId.Parse($"other{i}"), Domain.Calendars.SchoolYear.Containing(new DateOnly(2026, 3, 31), 8), default);
    }

    [Fact]
    public async Task Approve_TwoAtOnce_OneDecides()
    {
        var proposal = await ProposeAsync("2026-04", ("rules[0].points", "3"));
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => i % 2 == 0
            ? Proposals.ApproveAsync(proposal.Id, Bo, Authority.CommandLine, CancellationToken.None)
            : Proposals.WithdrawAsync(proposal.Id, Ada, Authority.CommandLine, CancellationToken.None))));
        Assert.Single(results, DecideResult.Done);
        var decided = (await Proposals.FindAsync(proposal.Id, CancellationToken.None))!;
        Assert.Equal(decided.State == ProposalState.Approved ? "2026-04" : "starting-1", (await InForceAsync()).Version);
    }

    [Fact]
    public async Task Propose_VersionUsedBefore_IsRefused()
    {
        await ProposeAsync("once");
        Assert.IsType<ProposeResult.VersionTaken>(await TryAsync("once"));
        Assert.IsType<ProposeResult.VersionTaken>(await TryAsync("starting-1"));
        Assert.IsType<ProposeResult.Invalid>(await TryAsync("other", ("rules[0].points", "-1")));
        Assert.IsType<ProposeResult.Invalid>(await TryAsync(new string('v', RuleProposal.MaxVersion + 1)));
        Assert.IsType<ProposeResult.Proposed>(await TryAsync(new string('v', RuleProposal.MaxVersion)));
    }

    private async Task<RuleProposal> ProposeAsync(string version, params (string Path, string Value)[] numbers) =>
        Assert.IsType<ProposeResult.Proposed>(await TryAsync(version, numbers)).Proposal;

    private async Task<ProposeResult> TryAsync(string version, params (string Path, string Value)[] numbers)
    {
        return await Proposals.ProposeAsync(
            RuleNumbers.With(await JsonAsync(), version, numbers.ToDictionary(n => n.Path, n => n.Value)), "a reason", Ada, Authority.CommandLine, CancellationToken.None);
    }

    private async Task<ReadOnlyMemory<byte>> JsonAsync() =>
        await app.Get<RuleSets>().JsonOfAsync((await app.Get<DistrictSettingsStore>().ReadAsync(CancellationToken.None)).Settings, CancellationToken.None);

    private async Task<RuleSet> InForceAsync() =>
        await app.Get<RuleSets>().OfAsync((await app.Get<DistrictSettingsStore>().ReadAsync(CancellationToken.None)).Settings, CancellationToken.None);
}
