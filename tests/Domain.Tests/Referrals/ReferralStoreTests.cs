using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralStoreTests : IDisposable
{
    private readonly ReferralRig rig = new();

    public void Dispose() => rig.Dispose();

    private Task<ReferralChange> ApplyAsync(ScreeningResult result, ScreenAsOf? screenAsOf = null, DistrictCapacity? capacity = null) =>
        rig.Referrals.ApplyAsync(result, screenAsOf ?? (_ => null), capacity ?? DistrictCapacity.Unlimited, CancellationToken.None);

    [Fact]
    public async Task Apply_Raised_StoresResultReferralHistoryAndSendsTheMessage()
    {
        var opened = Assert.IsType<ReferralChange.Opened>(await ApplyAsync(Screened(10, Level.Raised, 3, 9, 10)));

        var stored = (await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None))[Mara];
        Assert.True(ResultEvidence.IsSame(stored.Result, opened.After.Evidence));
        Assert.Equal([March(3), March(9), March(10)], stored.Result.Triggers[0].Dates);
        var referral = (await rig.Referrals.ReadPupilAsync(Mara, CancellationToken.None)).Open!;
        Assert.Equal(opened.After with { Evidence = referral.Evidence }, referral);
        var entry = Assert.Single(await rig.Referrals.ReadHistoryAsync(referral, CancellationToken.None));
        Assert.Equal(opened.Entry with { Rules = entry.Rules }, entry);
        Assert.Equal(["absence.severe"], entry.Rules);

        var message = ReferralChanged.Read(Assert.Single(await rig.ReceiveAsync()));
        Assert.Equal(new ReferralChanged(Mara, referral.Id, 1, Oakfield, null, Alerts: true), message);
    }

    [Fact]
    public async Task Apply_NoneForAPupilKnownToHaveNothing_CostsNothing()
    {
        var change = await rig.Referrals.ApplyAsync(Screened(10, Level.None), null, _ => null, DistrictCapacity.Unlimited, CancellationToken.None);
        Assert.IsType<ReferralChange.None>(change);
        Assert.Equal((0, 0), (rig.Tables.Reads, rig.Tables.Commits));
    }

    [Fact]
    public async Task Apply_SameAgainNextDay_WritesNothing()
    {
        await ApplyAsync(Screened(10, Level.Raised, 9, 10));
        var stored = (await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None))[Mara];
        var commits = rig.Tables.Commits;
        var change = await rig.Referrals.ApplyAsync(
            Screened(11, Level.Raised, 9, 10), stored, _ => Screened(10, Level.Raised, 9, 10), DistrictCapacity.Unlimited, CancellationToken.None);
        Assert.IsType<ReferralChange.None>(change);
        Assert.Equal(commits, rig.Tables.Commits);
    }

    [Fact]
    public async Task Apply_WatchThenNone_KeepsAndThenForgetsTheResult()
    {
        Assert.IsType<ReferralChange.None>(await ApplyAsync(Screened(10, Level.Watch)));
        Assert.Single(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
        await ApplyAsync(Screened(9, Level.None));
        Assert.Single(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
        await ApplyAsync(Screened(11, Level.None));
        Assert.Empty(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
        Assert.Empty(await rig.ReceiveAsync());
    }

    [Fact]
    public async Task Apply_NoneWhileAReferralIsOpen_KeepsTheResultSoThatTheReferralIsFound()
    {
        await ApplyAsync(Screened(10, Level.Raised));
        await ApplyAsync(Screened(12, Level.None), _ => Screened(10, Level.Raised));
        Assert.Equal(Level.None, (await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None))[Mara].Result.Level);
    }

    [Fact]
    public async Task Apply_GroundRemovedByACorrection_AsksForTheDayItStandsOnAndRetracts()
    {
        await ApplyAsync(Screened(10, Level.Raised));
        var asked = new List<DateOnly>();
        var change = await ApplyAsync(Screened(12, Level.None), day =>
        {
            asked.Add(day);
            return Screened(day, Level.None);
        });
        Assert.IsType<ReferralChange.Retracted>(change);
        Assert.Equal([March(10)], asked);
        Assert.Empty(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
    }

    [Fact]
    public async Task Apply_HundredAtOnce_OpenOneReferral()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => ApplyAsync(Screened(10, Level.Raised)))));
        Assert.Single((await rig.Referrals.ReadPupilAsync(Mara, CancellationToken.None)).All);
        Assert.Single((await rig.ReceiveAsync()).Select(e => e.Key).Distinct());
    }

    [Fact]
    public async Task Apply_AtTwoSchoolsAtOnce_OpensOneReferral()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() =>
            ApplyAsync(Screened(March(10), Level.Raised, school: i % 2 == 0 ? Oakfield : Riverside)))));
        Assert.Single((await rig.Referrals.ReadPupilAsync(Mara, CancellationToken.None)).All);
    }

    [Fact]
    public async Task Apply_BrokenOffBetweenCommitAndRelay_IsSentByALaterRelay()
    {
        var referrals = new ReferralStore(rig.Tables, new Outbox(rig.Tables, new BrokenSender()), Cast.District, rig.Partitions, rig.Clock);
        await Assert.ThrowsAsync<IOException>(() => referrals.ApplyAsync(
            Screened(10, Level.Raised), _ => null, DistrictCapacity.Unlimited, CancellationToken.None));
        Assert.Empty(await rig.ReceiveAsync());

        Assert.Equal(1, await rig.Outbox.RelayAsync(TableName.Pupils, rig.Partitions.Of(Mara), CancellationToken.None));
        var message = ReferralChanged.Read(Assert.Single(await rig.ReceiveAsync()));
        Assert.Equal((await rig.Referrals.ReadPupilAsync(Mara, CancellationToken.None)).Open!.Id, message.Referral);
        Assert.Equal(0, await rig.Outbox.RelayAsync(TableName.Pupils, rig.Partitions.Of(Mara), CancellationToken.None));
    }

    [Fact]
    public async Task Take_HundredCounsellorsAtOnce_OneTakesItOnAndTheOthersAreTold()
    {
        var opened = (ReferralChange.Made)await ApplyAsync(Screened(10, Level.Raised));
        var taken = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => rig.Referrals.TakeAsync(
            Mara, opened.After.Id, new CaseStep.Acknowledge(), new StepTaker(new Actor($"staff-{i}"), March(11), Seen: 1), CancellationToken.None))));
        var winner = Assert.Single(taken.OfType<ReferralActionResult.Done>()).Change.Entry.By;
        var told = taken.OfType<ReferralActionResult.ChangedMeanwhile>().ToList();
        Assert.Equal(99, told.Count);
        Assert.All(told, t => Assert.Equal((winner, ReferralAction.Acknowledge, winner), (t.Since[0].By, t.Since[0].Action, t.Now.AssignedTo!.Value)));
        var stored = (await rig.Referrals.FindAsync(Mara, opened.After.Id, CancellationToken.None))!;
        Assert.Equal((2, winner), (stored.Revision, stored.AssignedTo!.Value));
    }

    [Fact]
    public async Task Take_ThenScreenedAgain_KeepsTheWholeHistory()
    {
        var opened = (ReferralChange.Made)await ApplyAsync(Screened(10, Level.Raised));
        await rig.Referrals.TakeAsync(Mara, opened.After.Id, new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None);
        await ApplyAsync(Screened(12, Level.High), _ => Screened(10, Level.Raised));
        await rig.Referrals.TakeAsync(Mara, opened.After.Id, new CaseStep.Close(Verdict.Supported, null), new StepTaker(Counsellor, March(13)), CancellationToken.None);
        var closed = (await rig.Referrals.FindAsync(Mara, opened.After.Id, CancellationToken.None))!;
        Assert.Equal(
            [ReferralAction.Open, ReferralAction.Acknowledge, ReferralAction.Relevel, ReferralAction.Close],
            (await rig.Referrals.ReadHistoryAsync(closed, CancellationToken.None)).Select(e => e.Action));

        Assert.IsType<ReferralChange.None>(await ApplyAsync(Screened(16, Level.High, 9, 13)));
        Assert.Equal(2, Assert.IsType<ReferralChange.Opened>(await ApplyAsync(Screened(16, Level.High, 9, 14))).After.Number);
    }

    [Fact]
    public async Task Take_UnknownReferral_IsNotFound() =>
        Assert.IsType<ReferralActionResult.NotFound>(await rig.Referrals.TakeAsync(
            Mara, ReferralId.New(), new CaseStep.Acknowledge(), new StepTaker(Counsellor, March(11)), CancellationToken.None));

    [Fact]
    public async Task LeaveSchool_OpenReferral_GoesOnToTheNewSchool()
    {
        await ApplyAsync(Screened(10, Level.Raised));
        Assert.IsType<ReferralChange.None>(await rig.Referrals.LeaveSchoolAsync(Mara, Oakfield, null, CancellationToken.None));
        Assert.IsType<ReferralChange.Moved>(await rig.Referrals.LeaveSchoolAsync(Mara, Oakfield, Riverside, CancellationToken.None));
        Assert.Empty(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
        Assert.Single(await rig.Referrals.ReadSchoolResultsAsync(Riverside, CancellationToken.None));
        Assert.Equal(Oakfield, ReferralChanged.Read((await rig.ReceiveAsync())[^1]).PreviousSchool);
    }

    [Fact]
    public async Task LeaveSchool_NoReferral_ForgetsTheResult()
    {
        await ApplyAsync(Screened(10, Level.Watch));
        await rig.Referrals.LeaveSchoolAsync(Mara, Oakfield, Riverside, CancellationToken.None);
        Assert.Empty(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
    }

    [Fact]
    public async Task Apply_ScreenedAtTheNewSchoolFirst_MovesAndLeavesNothingBehind()
    {
        await ApplyAsync(Screened(10, Level.Raised));
        Assert.IsType<ReferralChange.Moved>(await ApplyAsync(Screened(March(12), Level.Watch, school: Riverside), _ => Screened(10, Level.Raised)));
        Assert.Empty(await rig.Referrals.ReadSchoolResultsAsync(Oakfield, CancellationToken.None));
    }

    [Fact]
    public async Task Apply_EveryRuleOnAWholeYearAway_FitsARow()
    {
        var days = Enumerable.Range(0, 365).Select(i => new DateOnly(2025, 8, 1).AddDays(i)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        var result = Screened(days[^1], Level.High, days);
        result = result with { Triggers = [.. Enumerable.Range(0, 20).Select(i => result.Triggers[0] with { RuleId = $"absence.rule{i}" })] };
        Assert.IsType<ReferralChange.Opened>(await ApplyAsync(result));
        var read = (await rig.Referrals.ReadPupilAsync(Mara, CancellationToken.None)).Open!;
        Assert.Equal(days, read.Evidence.Triggers[19].Dates);
    }

    private sealed class BrokenSender : IMessageSender
    {
        public ValueTask SendAsync(QueueName queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) =>
            throw new IOException("The queue is away.");
    }
}
