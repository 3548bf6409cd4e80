using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;
using static SchoolSignal.Functions.Tests.Notifications.AlertRig;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>From a referral's change to the counsellor's mailbox.</summary>
public sealed class ReferralAlertTests : IAsyncDisposable
{
    private static readonly StudentKey Mara = StudentKey.Parse("0a0b0c0d0e0f00010203040506070809");

    private readonly AlertRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Referral_Opened_ItsCounsellorIsToldOnceAndNoPupilIsNamed()
    {
        await rig.HireAsync("green", Role.Counsellor);
        await rig.HireAsync("brown", Role.Teacher);

        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        // The same level with newer days is no news.
        await rig.ScreenAsync(Mara, Level.Raised, Thursday.AddDays(1));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        var mail = Assert.Single(rig.Mailbox.Sent());
        Assert.Equal("green@district.example", mail.Recipient);
        Assert.DoesNotContain(Mara.ToString(), mail.Subject + mail.Text + mail.Link, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Referral_WorseLevel_IsToldAgain()
    {
        await rig.HireAsync("green", Role.Counsellor);

        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        await rig.ScreenAsync(Mara, Level.High, Thursday.AddDays(1));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["green: A referral needs you", "green: A referral needs you"], rig.Sent);
    }

    [Fact]
    public async Task Referral_WorseLevelBeforeTheAlertWentOut_IsToldOnce()
    {
        await rig.HireAsync("green", Role.Counsellor);
        rig.Clock.Advance(TimeSpan.FromHours(10));
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(1));

        await rig.ScreenAsync(Mara, Level.High, Thursday.AddDays(1));
        await rig.WorkAsync(TimeSpan.FromHours(14));

        Assert.Equal(["green: A referral needs you"], rig.Sent);
        var log = await LogAsync(rig.App);
        Assert.Equal(
            [("High Oakfield", NotificationState.Sent, ""), ("Raised Oakfield", NotificationState.Dropped, "Superseded")],
            log.Select(n => (n.Level, n.State, n.Reason)).Order());
    }

    [Fact]
    public async Task Referral_TakenBackAfterTheAlert_ACorrectionFollows()
    {
        await rig.HireAsync("green", Role.Counsellor);
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        await rig.ScreenAsync(Mara, Level.None, Thursday.AddDays(1), asOfRaised: Level.None);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["green: A referral needs you", "green: A referral was taken back"], rig.Sent);
    }

    [Fact]
    public async Task Referral_TakenBackBeforeTheAlertWentOut_NothingIsSaid()
    {
        await rig.HireAsync("green", Role.Counsellor);
        rig.Clock.Advance(TimeSpan.FromHours(10));
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(1));

        await rig.ScreenAsync(Mara, Level.None, Thursday.AddDays(1), asOfRaised: Level.None);
        await rig.WorkAsync(TimeSpan.FromHours(14));

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public async Task Referral_OpenedInTheEvening_IsToldInTheMorning()
    {
        await rig.HireAsync("green", Role.Counsellor);
        rig.Clock.Advance(TimeSpan.FromHours(10));

        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromHours(11));
        Assert.Empty(rig.Sent);
        await rig.WorkAsync(TimeSpan.FromHours(1.1));

        Assert.Equal(["green: A referral needs you"], rig.Sent);
    }

    [Fact]
    public async Task Referral_NotAcknowledged_GoesToTheDeputyAndThenToTheAdministrators()
    {
        var deputy = await rig.HireAsync("white", Role.Teacher);
        await rig.HireAsync("green", Role.Counsellor, deputy);
        await rig.HireAsync("admin", Role.Administrator);
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        var escalation = rig.App.Get<ReferralEscalation>();
        await rig.App.Get<SchoolRegistry>().AddAsync(Oakfield, SchoolYear.Containing(Thursday), CancellationToken.None);

        // Friday and Monday are two school days, Tuesday the third.
        rig.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(0, await escalation.SweepAsync(CancellationToken.None));
        rig.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await escalation.SweepAsync(CancellationToken.None));
        Assert.Equal(0, await escalation.SweepAsync(CancellationToken.None));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        rig.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(1, await escalation.SweepAsync(CancellationToken.None));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(
            ["green: A referral needs you", "white: A referral has not been acknowledged yet", "admin: A referral has not been acknowledged yet"], rig.Sent);
    }

    [Fact]
    public async Task Referral_Acknowledged_DoesNotEscalate()
    {
        await rig.HireAsync("green", Role.Counsellor);
        await rig.HireAsync("admin", Role.Administrator);
        var opened = Assert.IsType<ReferralChange.Opened>(await rig.ScreenAsync(Mara, Level.Raised, Thursday));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        await rig.App.Get<ReferralStore>().TakeAsync(
            Mara, opened.After.Id, new CaseStep.Acknowledge(), new StepTaker(new Actor("green"), Thursday), CancellationToken.None);
        await rig.WorkAsync(TimeSpan.FromMinutes(1));
        await rig.App.Get<SchoolRegistry>().AddAsync(Oakfield, SchoolYear.Containing(Thursday), CancellationToken.None);

        rig.Clock.Advance(TimeSpan.FromDays(20));

        Assert.Equal(0, await rig.App.Get<ReferralEscalation>().SweepAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Referral_RecipientHasNoAddress_IsAFailureAndNoSend()
    {
        var id = await rig.HireAsync("green", Role.Counsellor);
        var staff = rig.App.Get<StaffStore>();
        var stored = (await staff.FindAsync(id, CancellationToken.None))!;
        await staff.SaveAsync(stored.Member with { UserPrincipalName = null }, stored.Version, CancellationToken.None);

        await rig.ScreenAsync(Mara, Level.Raised, Thursday);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(rig.Sent);
        var failure = Assert.Single(await rig.App.Get<FailureStore>().ListAsync(CancellationToken.None));
        Assert.Equal("Alert by Mail: NoAddress", failure.Reason);

        // With an address, the administrator's replay sends it.
        stored = (await staff.FindAsync(id, CancellationToken.None))!;
        await staff.SaveAsync(stored.Member with { UserPrincipalName = "green@district.example" }, stored.Version, CancellationToken.None);
        Assert.Equal(ReplayResult.Sent, await rig.App.Get<FailureStore>().ReplayAsync(failure.Reference, CancellationToken.None));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["green: A referral needs you"], rig.Sent);
    }

    /// <summary>Two hundred alerts of a demo would keep a newcomer's own waiting for ten minutes.</summary>
    [Theory]
    [InlineData(true, 22)]
    [InlineData(false, 30)]
    public async Task Referrals_MoreThanAMinutesRate_WaitOnlyWhereTheServiceHasOne(bool hasRate, int inTheFirstMinute)
    {
        using var folder = new TempFolder();
        await using var own = new AlertRig(services => services.AddSingleton<INotificationSender>(
            provider => new FolderMailbox(folder.Path, provider.GetRequiredService<TimeProvider>(), hasRate)));
        await own.HireAsync("green", Role.Counsellor);
        for (var i = 0; i < 30; i++) await own.ScreenAsync(StudentKey.New(), Level.Raised, Thursday);

        await own.WorkAsync(TimeSpan.FromMinutes(3));

        var sent = new FolderMailbox(folder.Path, own.Clock).Sent();
        Assert.Equal(30, sent.Count);
        Assert.Equal(inTheFirstMinute, sent.Count(m => m.At < sent.Min(s => s.At) + TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Digest_OnItsDay_GoesOutOnceAWeek()
    {
        await rig.HireAsync("green", Role.Counsellor);
        var digests = rig.App.Get<WeeklyDigests>();

        Assert.Equal(0, await digests.PlanAsync(CancellationToken.None));
        rig.Clock.Advance(TimeSpan.FromDays(4));
        Assert.Equal(1, await digests.PlanAsync(CancellationToken.None));
        Assert.Equal(0, await digests.PlanAsync(CancellationToken.None));
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["green: Your week in SchoolSignal"], rig.Sent);
    }
}
