using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing.Graph;

namespace SchoolSignal.Adapters.Tests.Graph;

public sealed class GraphNotificationSenderTests
{
    [Fact]
    public async Task Send_AMail_IsADraftWithOurKeyAndThenItsSend()
    {
        await using var rig = await GraphRig.StartAsync();
        var mail = GraphRig.Mail(1);

        Assert.IsType<SendResult.Sent>(await rig.SendAsync(mail));

        var (delivered, _) = Assert.Single(rig.Graph.Delivered);
        Assert.Equal((mail.Key, mail.Recipient, mail.Subject, mail.Html), (delivered.Key, delivered.To, delivered.Subject, delivered.Body));
        Assert.Equal([GraphCallKind.Draft, GraphCallKind.Send], rig.Graph.Calls.Select(c => c.Kind));
        Assert.Empty(rig.Graph.Violations);
    }

    [Fact]
    public async Task R15_SendAnswered503_IsOneRequest()
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.Error(503)));

        Assert.IsType<SendResult.Unknown>(await rig.SendAsync(GraphRig.Mail(1)));

        Assert.Equal(1, Count(rig, GraphCallKind.Send));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Send_ServiceFaultThoughDelivered_IsUnknownAndFoundByItsKey(int status)
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.ErrorThoughDone(status)));
        var mail = GraphRig.Mail(1);

        Assert.IsType<SendResult.Unknown>(await rig.SendAsync(mail));

        Assert.Equal([FindResult.Sent], (await rig.Sender.FindAsync([Uncertain(mail)], CancellationToken.None)).Results);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_Throttled_SaysWhenAndIsNotRepeated(bool asDate)
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.Throttle(TimeSpan.FromSeconds(65), asDate)));
        var before = rig.Time.GetUtcNow();

        var busy = Assert.IsType<SendResult.Busy>(await rig.SendAsync(GraphRig.Mail(1)));

        // Seconds and HTTP dates are whole seconds; the call itself takes a moment of the fast clock.
        Assert.InRange(busy.NotBefore, before + TimeSpan.FromSeconds(64), rig.Time.GetUtcNow() + TimeSpan.FromSeconds(66));
        Assert.Empty(rig.Graph.Delivered);
        Assert.Equal(1, Count(rig, GraphCallKind.Send));
    }

    [Fact]
    public async Task Send_TakenOnWithRetryAfter_IsSentAndTheMailboxRests()
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.AcceptedWithRest(TimeSpan.FromSeconds(120))));

        var sent = Assert.IsType<SendResult.Sent>(await rig.SendAsync(GraphRig.Mail(1)));

        Assert.InRange(sent.NotBefore!.Value, rig.Time.GetUtcNow() + TimeSpan.FromSeconds(60), rig.Time.GetUtcNow() + TimeSpan.FromSeconds(121));
        Assert.Single(rig.Graph.Delivered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_ConnectionBreaks_IsUnknownAndTheLookUpTells(bool done)
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.Reset(done)));
        var mail = GraphRig.Mail(1);

        Assert.IsType<SendResult.Unknown>(await rig.SendAsync(mail));

        Assert.Equal([done ? FindResult.Sent : FindResult.NotSent], (await rig.Sender.FindAsync([Uncertain(mail)], CancellationToken.None)).Results);
    }

    [Fact]
    public async Task Send_NoAnswerInTime_IsUnknown()
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.Hang(TimeSpan.FromMinutes(3), Done: true)));

        Assert.IsType<SendResult.Unknown>(await rig.SendAsync(GraphRig.Mail(1)));
    }

    [Fact]
    public async Task Send_TokenRunsOut_IsBusyNotUnknown()
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.TokenExpired()));

        Assert.IsType<SendResult.Busy>(await rig.SendAsync(GraphRig.Mail(1)));
    }

    [Fact]
    public async Task Send_DraftGone_IsRefusedWithTheCodeAndNoText()
    {
        await using var rig = await GraphRig.StartAsync(OnSend(new GraphFault.Error(404)));

        Assert.Equal("serviceError", Assert.IsType<SendResult.Refused>(await rig.SendAsync(GraphRig.Mail(1))).Code);
    }

    [Fact]
    public async Task Prepare_FaultsThenFine_IsRepeated()
    {
        await using var rig = await GraphRig.StartAsync((kind, n) => kind == GraphCallKind.Draft && n <= 2 ? new GraphFault.Error(503) : null);

        Assert.IsType<SendResult.Sent>(await rig.SendAsync(GraphRig.Mail(1)));

        Assert.Equal(3, Count(rig, GraphCallKind.Draft));
    }

    [Fact]
    public async Task Prepare_Throttled_IsLeftToTheQueue()
    {
        await using var rig = await GraphRig.StartAsync(
            (kind, _) => kind == GraphCallKind.Draft ? new GraphFault.Throttle(TimeSpan.FromSeconds(5), AsDate: false) : null);

        Assert.IsType<PrepareResult.Busy>(await rig.Sender.PrepareAsync(GraphRig.Mail(1), CancellationToken.None));

        Assert.Equal(1, Count(rig, GraphCallKind.Draft));
    }

    [Fact]
    public async Task Prepare_NobodyListens_IsBusy()
    {
        var options = GraphRig.Options();
        options.Service = new Uri("http://127.0.0.1:9/v1.0");
        using var sender = new SchoolSignal.Adapters.Graph.GraphNotificationSender(options, new FixedToken(), new Testing.ScaledTime(100));

        Assert.IsType<PrepareResult.Busy>(await sender.PrepareAsync(GraphRig.Mail(1), CancellationToken.None));
    }

    [Fact]
    public async Task Prepare_NotOnTheAllowList_NothingLeaves()
    {
        await using var rig = await GraphRig.StartAsync(configure: options => options.OnlyTo = ["me@district.example"]);

        Assert.Equal("NotOnTheAllowList", Assert.IsType<PrepareResult.Refused>(await rig.Sender.PrepareAsync(GraphRig.Mail(1), CancellationToken.None)).Code);
        Assert.Empty(rig.Graph.Calls);
    }

    [Fact]
    public async Task R10_TwentyLookUpsSevenTurnedAway_SevenAreAskedAgain()
    {
        await using var rig = await GraphRig.StartAsync(
            (kind, n) => kind == GraphCallKind.Find && n is > 3 and <= 10 ? new GraphFault.Throttle(TimeSpan.FromSeconds(3), AsDate: false) : null);
        var mails = Enumerable.Range(1, 20).Select(n => GraphRig.Mail(n)).ToList();
        foreach (var mail in mails.Take(5)) Assert.IsType<SendResult.Sent>(await rig.SendAsync(mail));

        var first = await rig.Sender.FindAsync([.. mails.Select(Uncertain)], CancellationToken.None);
        Assert.NotNull(first.NotBefore);
        var open = mails.Where((_, i) => first.Results[i] == FindResult.Unavailable).ToList();
        Assert.Equal(7, open.Count);
        var second = await rig.Sender.FindAsync([.. open.Select(Uncertain)], CancellationToken.None);

        Assert.Equal(27, Count(rig, GraphCallKind.Find));
        Assert.Equal(2, Count(rig, GraphCallKind.Batch));
        Assert.Equal(5, first.Results.Concat(second.Results).Count(r => r == FindResult.Sent));
        Assert.Equal(15, first.Results.Concat(second.Results).Count(r => r == FindResult.NotFound));
    }

    [Fact]
    public async Task Send_ToTeamsTwice_IsOneThread()
    {
        await using var rig = await GraphRig.StartAsync();
        var notice = GraphRig.Mail(1, channel: NotificationChannel.Teams);

        Assert.IsType<SendResult.Sent>(await rig.SendAsync(notice));
        Assert.IsType<SendResult.Sent>(await rig.SendAsync(notice));

        Assert.Single(rig.Graph.Activities.Select(a => a.ChainId).Distinct());
        Assert.Empty(rig.Graph.Violations);
        Assert.Equal([FindResult.CannotTell], (await rig.Sender.FindAsync([Uncertain(notice)], CancellationToken.None)).Results);
    }

    [Fact]
    public async Task Send_AToDoTask_IsFoundByItsKey()
    {
        await using var rig = await GraphRig.StartAsync();
        var task = GraphRig.Mail(1, channel: NotificationChannel.ToDo);

        Assert.IsType<SendResult.Sent>(await rig.SendAsync(task));

        Assert.Equal([FindResult.Sent], (await rig.Sender.FindAsync([Uncertain(task) with { Handle = "default-list" }], CancellationToken.None)).Results);
        Assert.Empty(rig.Graph.Violations);
    }

    private static Func<GraphCallKind, int, GraphFault?> OnSend(GraphFault fault) => (kind, _) => kind == GraphCallKind.Send ? fault : null;

    private static int Count(GraphRig rig, GraphCallKind kind) => rig.Graph.Calls.Count(c => c.Kind == kind);

    private static UncertainSend Uncertain(OutgoingNotification mail) => new(mail.Key, mail.Channel, mail.Recipient, "", DateTimeOffset.UnixEpoch);
}
