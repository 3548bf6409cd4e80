using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

/// <summary>Steps of people over a real store: what the other is told, what is kept, and how a case is found again.</summary>
public sealed class CaseStoreTests : IDisposable
{
    private readonly ReferralRig rig = new();

    public void Dispose() => rig.Dispose();

    private async Task<Referral> ScreenAsync(int day, Level level, params int[] days) =>
        ((ReferralChange.Made)await rig.Referrals.ApplyAsync(
            Screened(day, level, days), _ => Screened(10, Level.Raised), DistrictCapacity.Unlimited, CancellationToken.None)).After;

    private Task<ReferralActionResult> TakeAsync(Referral seen, CaseStep step, Actor? by = null, int day = 12) =>
        rig.Referrals.TakeAsync(Mara, seen.Id, step, new StepTaker(by ?? Counsellor, March(day), seen.Revision), CancellationToken.None);

    private async Task<Referral> TakenAsync(Referral seen, CaseStep step, int day = 12) =>
        Assert.IsType<ReferralActionResult.Done>(await TakeAsync(seen, step, day: day)).Change.After;

    [Fact]
    public async Task Take_ColleagueWasFaster_IsToldWhoDidWhatAndChangesNothing()
    {
        var opened = await ScreenAsync(10, Level.Raised);
        var seen = await TakenAsync(opened, new CaseStep.Acknowledge());
        await TakenAsync(seen, new CaseStep.AddNote(Text("Spoke to her tutor."), true));
        var told = Assert.IsType<ReferralActionResult.ChangedMeanwhile>(await TakeAsync(seen, new CaseStep.Close(Verdict.NotAConcern, null), Colleague));
        Assert.Equal([(Counsellor, ReferralAction.AddNote)], told.Since.Select(e => (e.By, e.Action)));
        Assert.Equal((ReferralState.Acknowledged, 3), (told.Now.State, told.Now.Revision));
        Assert.Equal(3, (await rig.Referrals.FindAsync(Mara, seen.Id, CancellationToken.None))!.Revision);
    }

    [Fact]
    public async Task Take_EvidenceOnlyGrewMeanwhile_IsTaken()
    {
        var opened = await ScreenAsync(10, Level.Raised, 9, 10);
        await ScreenAsync(11, Level.Raised, 9, 10, 11);
        Assert.Equal(3, (await TakenAsync(opened, new CaseStep.Acknowledge())).Revision);
    }

    [Fact]
    public async Task Take_WorseLevelMeanwhile_IsTold()
    {
        var opened = await ScreenAsync(10, Level.Raised, 9, 10);
        await ScreenAsync(11, Level.High, 9, 10, 11);
        var told = Assert.IsType<ReferralActionResult.ChangedMeanwhile>(await TakeAsync(opened, new CaseStep.Acknowledge()));
        Assert.Equal([(Actor.Screening, ReferralAction.Relevel)], told.Since.Select(e => (e.By, e.Action)));
    }

    [Fact]
    public async Task Apply_WorseLevelWhileSnoozed_WakesButTheSameLevelDoesNot()
    {
        var acknowledged = await TakenAsync(await ScreenAsync(10, Level.Raised, 9, 10), new CaseStep.Acknowledge());
        await TakenAsync(acknowledged, new CaseStep.Snooze(March(30), Text("Her family is away until then.")));
        Assert.Equal(March(30), (await ScreenAsync(13, Level.Raised, 9, 10, 13)).SnoozedUntil);
        var worse = await ScreenAsync(16, Level.High, 9, 10, 13, 16);
        Assert.Null(worse.SnoozedUntil);
        Assert.Equal(Counsellor, worse.AssignedTo);
    }

    [Fact]
    public async Task Find_ByIdAlone_FindsOpenAndClosedInThePupilsOwnPartition()
    {
        var opened = await ScreenAsync(10, Level.Raised);
        Assert.Equal(rig.Partitions.Of(Mara), rig.Partitions.At(rig.Partitions.BucketOf(opened.Id.Value)));
        await TakenAsync(await TakenAsync(opened, new CaseStep.Acknowledge()), new CaseStep.Close(Verdict.Supported, null));
        var found = (await rig.Referrals.FindAsync(opened.Id, CancellationToken.None))!.Value;
        Assert.Equal((Mara, ReferralState.Closed, 1), (found.Referral.Student, found.Referral.State, found.All.All.Count));
        Assert.Null(await rig.Referrals.FindAsync(ReferralId.New(), CancellationToken.None));
    }

    [Fact]
    public async Task ReadHistory_EveryKindOfStep_IsKeptAsItWasTyped()
    {
        var referral = await TakenAsync(await ScreenAsync(10, Level.Raised), new CaseStep.Acknowledge());
        CaseStep[] steps =
        [
            new CaseStep.Assign(Colleague),
            new CaseStep.LogContact(ContactKind.OutsideService, March(11), ContactOutcome.MeetingArranged, Text("電話しました。"), false),
            new CaseStep.AddNote(Text("<b>Not bold</b>\n& so on 😀"), true),
            new CaseStep.PlanNext(NextStepKind.MeetFamily, March(20), Text("Both parents.")),
            new CaseStep.FinishNext(),
            new CaseStep.Snooze(March(20), Text("Half-term.")),
            new CaseStep.Wake(),
            new CaseStep.Start(Text("Mornings in the library.")),
            new CaseStep.HandOver(Text("She told me something.")),
        ];
        foreach (var step in steps) referral = await TakenAsync(referral, step);
        var history = await rig.Referrals.ReadHistoryAsync(referral, CancellationToken.None);
        Assert.Equal([null, new CaseStep.Acknowledge(), .. steps], history.Select(e => e.Step));
        Assert.Equal(Enumerable.Range(1, steps.Length + 2), history.Select(e => e.Revision));
    }

    [Fact]
    public async Task ReadVerdicts_OverDays_GivesThoseWithTheTriggersAsTheyStood()
    {
        var first = await ScreenAsync(10, Level.Raised, 9, 10);
        await TakenAsync(await TakenAsync(first, new CaseStep.Acknowledge()), new CaseStep.Close(Verdict.NotAConcern, null), day: 12);
        var second = await ScreenAsync(20, Level.High, 19, 20);
        await TakenAsync(second, new CaseStep.HandOver(Text("Please take this over.")), day: 23);

        async Task<List<VerdictRecord>> Read(int from, int to) => [.. await rig.Referrals.ReadVerdictsAsync(March(from), March(to), CancellationToken.None)];
        Assert.Equal([Verdict.NotAConcern, Verdict.HandedToSafeguarding], (await Read(12, 23)).Select(v => v.Verdict));
        var verdict = Assert.Single(await Read(12, 22));
        Assert.Equal((first.Id, Mara, Level.Raised, March(10), Counsellor), (verdict.Referral, verdict.Student, verdict.Level, verdict.RaisedOn, verdict.By));
        Assert.Equal([March(9), March(10)], verdict.Evidence.Triggers[0].Dates);
        Assert.Empty(await Read(13, 22));
    }

    [Fact]
    public async Task Take_TextOfTheGreatestLength_FitsARow()
    {
        var referral = await TakenAsync(await ScreenAsync(10, Level.Raised), new CaseStep.Acknowledge());
        var words = Text(new string('語', CaseText.MaxLength));
        await TakenAsync(referral, new CaseStep.AddNote(words, true));
        var read = (await rig.Referrals.ReadHistoryAsync((await rig.Referrals.FindAsync(Mara, referral.Id, CancellationToken.None))!, CancellationToken.None))[^1];
        Assert.Equal(words, read.Step!.Words);
    }
}
