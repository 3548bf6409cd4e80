using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Notifications.AlertRig;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>A send whose end is not known: routine mail is looked up and repeated a quarter of an hour later, a concern at once and by the
/// other way, too.</summary>
public sealed class UncertainSendTests : IAsyncDisposable
{
    private static readonly StudentKey Mara = StudentKey.Parse("0a0b0c0d0e0f00010203040506070809");

    private readonly Doubtful sender = new();
    private readonly AlertRig rig;

    public UncertainSendTests()
    {
        rig = new AlertRig(services => services.AddSingleton<INotificationSender>(sender));
        sender.Clock = rig.Clock;
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Routine_NotFound_IsRepeatedAfterAQuarterOfAnHourAndCounted()
    {
        sender.Channels = new HashSet<NotificationChannel> { NotificationChannel.Mail };
        await rig.HireAsync("green", Role.Counsellor);
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);

        await rig.WorkAsync(TimeSpan.FromMinutes(14.5));
        Assert.Single(sender.Sends);
        await rig.WorkAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(2, sender.Sends.Count);
        Assert.InRange(sender.Sends[1].At - sender.Sends[0].At, NotificationProgress.RepeatAfter, NotificationProgress.RepeatAfter + TimeSpan.FromSeconds(30));
        // At once, after a minute, after five, after fifteen.
        Assert.Equal(4, sender.LookUps);
        var row = Assert.Single(await LogAsync(rig.App));
        Assert.Equal((NotificationState.Sent, 2, 1), (row.State, row.Sends, row.Repeats));
    }

    [Fact]
    public async Task Routine_FoundSent_IsNotRepeated()
    {
        sender.Channels = new HashSet<NotificationChannel> { NotificationChannel.Mail };
        sender.Found = FindResult.Sent;
        await rig.HireAsync("green", Role.Counsellor);
        await rig.ScreenAsync(Mara, Level.Raised, Thursday);

        await rig.WorkAsync(TimeSpan.FromMinutes(30));

        Assert.Single(sender.Sends);
        var row = Assert.Single(await LogAsync(rig.App));
        Assert.Equal((NotificationState.Sent, 0), (row.State, row.Repeats));
    }

    [Fact]
    public async Task Concern_Uncertain_IsRepeatedAtOnceAndGoesByTheSecondWay()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead);
        sender.DoubtsOnly = NotificationChannel.Mail;

        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([NotificationChannel.Mail, NotificationChannel.Mail, NotificationChannel.Teams], sender.Sends.Select(s => s.Channel).Order());
        Assert.Equal(0, sender.LookUps);
        var mail = Assert.Single(await LogAsync(rig.App), n => n.Channel == NotificationChannel.Mail);
        Assert.Equal((NotificationState.Sent, 1), (mail.State, mail.Repeats));
    }

    /// <summary>Does not know how the first send ended.</summary>
    private sealed class Doubtful : INotificationSender
    {
        public TimeProvider Clock { get; set; } = TimeProvider.System;

        public List<(NotificationChannel Channel, DateTimeOffset At)> Sends { get; } = [];

        public int LookUps { get; private set; }

        public FindResult Found { get; set; } = FindResult.NotFound;

        public NotificationChannel? DoubtsOnly { get; set; }

        public string Mailbox => "mailbox";

        public IReadOnlySet<NotificationChannel> Channels { get; set; } = new HashSet<NotificationChannel> { NotificationChannel.Mail, NotificationChannel.Teams };

        public ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken) =>
            ValueTask.FromResult<PrepareResult>(new PrepareResult.Prepared("draft"));

        public ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken)
        {
            var isFirst = Sends.TrueForAll(s => s.Channel != notification.Channel);
            Sends.Add((notification.Channel, Clock.GetUtcNow()));
            return ValueTask.FromResult<SendResult>(
                isFirst && notification.Channel == (DoubtsOnly ?? notification.Channel) ? new SendResult.Unknown() : new SendResult.Sent());
        }

        public ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken)
        {
            LookUps++;
            return ValueTask.FromResult(new FindReply([.. sends.Select(_ => Found)], null));
        }
    }
}
