using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Notifications.AlertRig;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>What waits for a counsellor, by one mail a school day at most.</summary>
public sealed class ReminderTests : IAsyncDisposable
{
    private const string Alert = "green: A referral needs you";
    private const string Reminder = "green: Waiting for you in SchoolSignal today";

    private readonly AlertRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Remind_NotAcknowledged_OnceASchoolDayFromTheNextOn()
    {
        await rig.HireAsync("green", Role.Counsellor);
        await OpenAsync();

        // The day of the alert itself.
        Assert.Equal(0, await PlanAsync());
        // Friday, three times; Saturday; Monday, the digest's day; Tuesday.
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((1, 0), (await PlanAsync(), await PlanAsync()));
        rig.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, await PlanAsync());
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await PlanAsync());
        rig.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await PlanAsync());
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await PlanAsync());
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        // Friday's had not gone out yet: both say what is so when they go.
        Assert.Equal([Alert, Reminder, Reminder], rig.Sent);
        var mail = rig.Mailbox.Sent()[0];
        Assert.Contains("Not acknowledged yet: 1. With a step that is due: 0.", mail.Text, StringComparison.Ordinal);
        Assert.Equal("/worklist", mail.Link.AbsolutePath);
    }

    [Theory]
    [InlineData(6, 59, 0)]
    [InlineData(7, 0, 1)]
    [InlineData(17, 59, 1)]
    [InlineData(18, 0, 0)]
    public async Task Remind_OutsideWorkingHours_Waits(int hour, int minute, int planned)
    {
        await rig.HireAsync("green", Role.Counsellor);
        await OpenAsync();

        rig.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 20, hour, minute, 0, TimeSpan.Zero));

        Assert.Equal(planned, await PlanAsync());
    }

    [Fact]
    public async Task Remind_AcknowledgedBeforeItWentOut_NothingIsSaid()
    {
        await rig.HireAsync("green", Role.Counsellor);
        var referral = await OpenAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await PlanAsync());

        await TakeAsync(referral, new CaseStep.Acknowledge());
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal([Alert], rig.Sent);
    }

    [Fact]
    public async Task Remind_NextStepDue_OnItsDayAndNotBefore()
    {
        await rig.HireAsync("green", Role.Counsellor);
        var referral = await OpenAsync();
        referral = await TakeAsync(referral, new CaseStep.Acknowledge());
        await TakeAsync(referral, new CaseStep.PlanNext(NextStepKind.CallFamily, Thursday.AddDays(5), null));
        await rig.WorkAsync(TimeSpan.FromMinutes(1));

        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await PlanAsync());
        rig.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(1, await PlanAsync());
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal([Alert, Reminder], rig.Sent);
        Assert.Contains("With a step that is due: 1.", rig.Mailbox.Sent()[0].Text, StringComparison.Ordinal);
    }

    private Task<int> PlanAsync() => rig.App.Get<CounsellorReminders>().PlanAsync(CancellationToken.None);

    private async Task<Referral> OpenAsync()
    {
        var opened = Assert.IsType<ReferralChange.Opened>(await rig.ScreenAsync(StudentKey.New(), Level.Raised, Thursday));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        return opened.After;
    }

    private async Task<Referral> TakeAsync(Referral referral, CaseStep step)
    {
        await rig.App.Get<ReferralStore>().TakeAsync(
            referral.Student, referral.Id, step, new StepTaker(new Actor("green"), Thursday), CancellationToken.None);
        await rig.WorkAsync(TimeSpan.FromSeconds(10));
        return (await rig.App.Get<ReferralStore>().FindAsync(referral.Student, referral.Id, CancellationToken.None))!;
    }
}
