using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Notifications.AlertRig;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>The safeguarding route, from a concern to whoever takes it in hand.</summary>
public sealed class UrgentTests : IAsyncDisposable
{
    private static readonly StudentKey Mara = StudentKey.Parse("0a0b0c0d0e0f00010203040506070809");

    private readonly AlertRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Concern_AtNight_LeadAndDeputyAreAlertedAtOnce()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead, await rig.HireAsync("deputy", Role.Teacher));
        await rig.HireAsync("admin", Role.Administrator);
        rig.Clock.Advance(TimeSpan.FromHours(17));

        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["deputy: URGENT: a safeguarding concern needs you now", "lead: URGENT: a safeguarding concern needs you now"], rig.Sent.Order());
        Assert.All(rig.Mailbox.Sent(), mail => Assert.True(mail.IsUrgent));
    }

    [Fact]
    public async Task Concern_NobodyAcknowledges_TheChainGoesOnEveryQuarterOfAnHour()
    {
        await rig.HireAsync("lead1", Role.SafeguardingLead, await rig.HireAsync("deputy", Role.Teacher));
        await rig.HireAsync("lead2", Role.SafeguardingLead);
        await rig.HireAsync("admin", Role.Administrator);
        await rig.App.Get<SafeguardingContactStore>().SetDistrictAsync(
            new SafeguardingContact("District safeguarding", "555 0100", "contact@district.example"), new SchoolSafeguarding(null, null, null, null), CancellationToken.None);

        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromMinutes(14));
        Assert.Equal(["deputy", "lead1"], Told());
        await rig.WorkAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["deputy", "lead1", "lead2"], Told());
        await rig.WorkAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(["admin", "contact", "deputy", "lead1", "lead2"], Told());
        await rig.WorkAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(["admin", "admin", "contact", "contact", "deputy", "lead1", "lead2"], Told());
    }

    [Fact]
    public async Task Concern_Acknowledged_NobodyElseIsAlerted()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead);
        await rig.HireAsync("admin", Role.Administrator);
        var concern = await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromMinutes(1));
        var watch = rig.App.Get<UrgentWatch>();

        Assert.Equal(AcknowledgeResult.Done, await watch.AcknowledgeAsync(Mara, concern, StaffId.Parse("lead"), [], CancellationToken.None));
        Assert.Equal(AcknowledgeResult.AlreadyAcknowledged, await watch.AcknowledgeAsync(Mara, concern, StaffId.Parse("admin"), [], CancellationToken.None));
        await rig.WorkAsync(TimeSpan.FromHours(2));

        Assert.Equal(["lead"], Told());
    }

    /// <summary>The message waited, and the pupil was erased meanwhile.</summary>
    [Fact]
    public async Task Concern_ErasedBeforeItsMessage_AlertsNobody()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead);
        var concern = await rig.RaiseConcernAsync(Mara, Oakfield);
        var partition = rig.App.Get<PupilPartitions>().Of(Mara);
        var store = rig.App.Get<ITableStore>();
        var row = (await store.GetAsync(TableName.Pupils, partition, RowKey.Of("G", Mara.ToString(), concern.ToString("N")), CancellationToken.None))!.Value;
        await store.CommitAsync(TableName.Pupils, partition, [new RowChange.Delete(row.Key, row.ETag)], CancellationToken.None);

        await rig.WorkAsync(TimeSpan.FromMinutes(40));

        Assert.Empty(rig.Sent);
        Assert.Null(await rig.App.Get<UrgentWatch>().FindAsync(Mara, concern, CancellationToken.None));
    }

    [Fact]
    public async Task Concern_SchoolWithoutLead_GoesToTheAdministratorsAtOnce()
    {
        await rig.HireAsync("admin", Role.Administrator);

        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));
        await rig.RaiseConcernAsync(Mara, null);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["admin", "admin"], Told());
    }

    [Fact]
    public async Task Concern_ASecondOneOfTheSamePupil_AlertsAgain()
    {
        await rig.HireAsync("lead", Role.SafeguardingLead);

        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.RaiseConcernAsync(Mara, Oakfield);
        await rig.WorkAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["lead", "lead"], Told());
    }

    [Fact]
    public async Task Concern_WhereTeamsIsSetUp_GoesByMailAndTeamsAtOnce()
    {
        await using var both = new AlertRig(services => services.AddSingleton<INotificationSender>(provider => new TwoWays(provider.GetRequiredService<FolderMailbox>())));
        await both.HireAsync("lead", Role.SafeguardingLead);
        await both.App.Get<SafeguardingContactStore>().SetDistrictAsync(
            new SafeguardingContact("District safeguarding", "555 0100", "contact@district.example"), new SchoolSafeguarding(null, null, null, null), CancellationToken.None);

        await both.RaiseConcernAsync(Mara, Oakfield);
        await both.WorkAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([NotificationChannel.Mail, NotificationChannel.Teams], both.Mailbox.Sent().Select(m => m.Channel).Order());

        // The district's contact has an address and no account.
        await both.WorkAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(NotificationChannel.Mail, Assert.Single(both.Mailbox.Sent(), m => m.Recipient == "contact@district.example").Channel);
    }

    /// <summary>The mailbox of this machine, with Teams beside mail.</summary>
    private sealed class TwoWays(FolderMailbox inner) : INotificationSender
    {
        public string Mailbox => inner.Mailbox;

        public IReadOnlySet<NotificationChannel> Channels { get; } = new HashSet<NotificationChannel> { NotificationChannel.Mail, NotificationChannel.Teams };

        public ValueTask<PrepareResult> PrepareAsync(OutgoingNotification notification, CancellationToken cancellationToken) =>
            inner.PrepareAsync(notification, cancellationToken);

        public ValueTask<SendResult> SendAsync(OutgoingNotification notification, string handle, CancellationToken cancellationToken) =>
            inner.SendAsync(notification, handle, cancellationToken);

        public ValueTask<FindReply> FindAsync(IReadOnlyList<UncertainSend> sends, CancellationToken cancellationToken) => inner.FindAsync(sends, cancellationToken);
    }

    private List<string> Told() => [.. rig.Sent.Select(s => s.Split(':')[0]).Order(StringComparer.Ordinal)];
}
