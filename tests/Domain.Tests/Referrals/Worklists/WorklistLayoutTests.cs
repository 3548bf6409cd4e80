using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Referrals.Worklists;
using SchoolSignal.Domain.Screening;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals.Worklists;

public sealed class WorklistLayoutTests
{
    private static readonly DateOnly Today = March(20);
    private static readonly WorklistVisit FirstVisit = new(null, Now);

    private static IReadOnlyList<WorklistItem> Arrange(WorklistFilter filter, params Referral[] referrals) =>
        WorklistLayout.Arrange(referrals, filter, r => r.AssignedTo == Counsellor, FirstVisit, Today);

    private static Referral Of(Actor? to, int opened = 10, Level level = Level.Raised, DateOnly? due = null, DateOnly? until = null, bool waiting = false) =>
        OpenedOn(opened, level, waiting) with
        {
            AssignedTo = to,
            NextStep = due is { } day ? new NextStep(NextStepKind.Review, day, 2) : null,
            SnoozedUntil = until,
        };

    [Fact]
    public void Arrange_EverySituation_StandsInItsPartInOrder()
    {
        var due = Of(Counsellor, due: Today);
        var back = Of(Counsellor, until: Today, level: Level.High);
        var mine = Of(Counsellor, due: Today.AddDays(1));
        var others = Of(Colleague, level: Level.High, due: Today);
        var nobodys = Of(null, 11);
        var resting = Of(Counsellor, until: Today.AddDays(1), due: Today);
        var waiting = Of(null, waiting: true);
        var items = Arrange(WorklistFilter.Everything, waiting, resting, nobodys, others, mine, back, due);
        Assert.Equal([back.Id, due.Id, mine.Id, others.Id, nobodys.Id, resting.Id, waiting.Id], items.Select(i => i.Referral.Id));
        Assert.Equal(
            [WorklistPart.Due, WorklistPart.Due, WorklistPart.Mine, WorklistPart.Others, WorklistPart.Others, WorklistPart.Resting, WorklistPart.Waiting],
            items.Select(i => i.Part));
        Assert.Equal([true, true, false, true, false, true, false], items.Select(i => i.IsDue));
    }

    [Fact]
    public void Arrange_Filters_TakeWhatTheyName()
    {
        var mine = Of(Counsellor);
        var high = Of(Colleague, level: Level.High);
        var due = Of(Colleague, due: Today);
        var away = Of(Colleague) with { School = Riverside, State = ReferralState.InProgress };
        Referral[] all = [mine, high, due, away];
        Assert.Equal([mine.Id], Arrange(new WorklistFilter(OnlyMine: true), all).Select(i => i.Referral.Id));
        Assert.Equal([high.Id], Arrange(new WorklistFilter(Level: Level.High), all).Select(i => i.Referral.Id));
        Assert.Equal([due.Id], Arrange(new WorklistFilter(OnlyDue: true), all).Select(i => i.Referral.Id));
        Assert.Equal([away.Id], Arrange(new WorklistFilter(School: Riverside), all).Select(i => i.Referral.Id));
        Assert.Equal([away.Id], Arrange(new WorklistFilter(State: ReferralState.InProgress), all).Select(i => i.Referral.Id));
        Assert.Empty(Arrange(new WorklistFilter(School: Riverside, OnlyDue: true), all));
    }

    [Fact]
    public void Look_WithinAPause_IsOneVisitAndOnlyWhatCameAfterTheOneBeforeIsNew()
    {
        var first = WorklistVisit.Look(null, Now);
        Assert.False(first.IsNew(OpenedOn(10) with { NewsAt = Now }));

        var reload = WorklistVisit.Look(first, Now + WorklistVisit.Pause);
        Assert.Equal(new WorklistVisit(null, Now + WorklistVisit.Pause), reload);

        var later = reload.Latest + WorklistVisit.Pause + TimeSpan.FromSeconds(1);
        var second = WorklistVisit.Look(reload, later);
        Assert.Equal(new WorklistVisit(reload.Latest, later), second);
        Assert.Equal(second with { Latest = later.AddMinutes(2) }, WorklistVisit.Look(second, later.AddMinutes(2)));
        Assert.Same(second, WorklistVisit.Look(second, later.AddSeconds(59)));
        Assert.True(second.IsNew(OpenedOn(10) with { NewsAt = reload.Latest.AddTicks(1) }));
        Assert.False(second.IsNew(OpenedOn(10) with { NewsAt = reload.Latest }));
        Assert.False(second.IsNew(OpenedOn(10)));
    }
}
