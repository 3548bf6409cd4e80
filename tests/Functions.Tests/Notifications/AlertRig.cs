using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>A school with counsellors, leads and administrators, its referrals and concerns, and the mailbox their alerts go out from.
/// It is Thursday morning, 19 March 2026.</summary>
internal sealed class AlertRig : IAsyncDisposable
{
    public static readonly SchoolId Oakfield = SchoolId.Parse("Oakfield");
    public static readonly DateOnly Thursday = new(2026, 3, 19);
    public static readonly DateTimeOffset NineOClock = new(2026, 3, 19, 9, 0, 0, TimeSpan.Zero);

    public AlertRig(Action<IServiceCollection>? configure = null) => App = new LocalApp(Thursday, Clock, configure: configure);

    public FakeTimeProvider Clock { get; } = new(NineOClock);

    public LocalApp App { get; }

    public FolderMailbox Mailbox => App.Get<FolderMailbox>();

    /// <summary>Recipients and first words of what was sent, oldest first.</summary>
    public IReadOnlyList<string> Sent => [.. Mailbox.Sent().OrderBy(m => m.At).Select(m => $"{m.Recipient.Split('@')[0]}: {m.Subject.Split(" (")[0]}")];

    public Task<StaffId> HireAsync(string name, Role role, StaffId? deputy = null) => HireAsync(App, name, role, deputy);

    public static async Task<StaffId> HireAsync(LocalApp app, string name, Role role, StaffId? deputy = null)
    {
        var member = Somebody(name, role) with { Deputy = deputy };
        Assert.IsType<StaffSaved.Saved>(await app.Get<StaffStore>().SaveAsync(member, null, CancellationToken.None));
        return member.Id;
    }

    public static StaffMember Somebody(string name, Role role) => new(StaffId.Parse(name), name, name, new HashSet<Role> { role }, new HashSet<SchoolId> { Oakfield })
    {
        UserPrincipalName = $"{name}@district.example",
    };

    /// <summary>A screening of a pupil, as the night's run would hand it on.</summary>
    public Task<ReferralChange> ScreenAsync(StudentKey student, Level level, DateOnly asOf, Level asOfRaised = Level.High) =>
        ScreenAsync(App, student, level, asOf, asOfRaised);

    public static async Task<ReferralChange> ScreenAsync(LocalApp app, StudentKey student, Level level, DateOnly asOf, Level asOfRaised = Level.High) =>
        await app.Get<ReferralStore>().ApplyAsync(
            Result(student, level, asOf), day => Result(student, asOfRaised, day), DistrictCapacity.Unlimited, CancellationToken.None);

    public async Task<Guid> RaiseConcernAsync(StudentKey student, SchoolId? school)
    {
        var concern = new SafeguardingConcern(Guid.NewGuid(), student, school, Thursday, "teacher-1", "Not for the alert.", Clock.GetUtcNow());
        await App.Get<ObservationStore>().SaveConcernAsync(concern, [], CancellationToken.None);
        return concern.Id;
    }

    /// <summary>Every row of the notification log.</summary>
    public static async Task<IReadOnlyList<Notification>> LogAsync(LocalApp app)
    {
        var rows = new List<Notification>();
        foreach (var partition in app.Get<PupilPartitions>().All())
            rows.AddRange((await app.Get<NotificationLog>().AllAsync(new NotificationPlace(TableName.Pupils, partition), CancellationToken.None)).Select(n => n.Notification));
        return rows;
    }

    public Task WorkAsync(TimeSpan time) => App.WorkAsync(Clock, Clock.GetUtcNow() + time);

    public static ScreeningResult Result(StudentKey student, Level level, DateOnly asOf)
    {
        IReadOnlyList<Trigger> triggers = level == Level.None
            ? []
            : [new Trigger("absence.severe", RuleFamily.Absence, "last45AbsenceRate", 0.25m, 0.20m, asOf.AddDays(-60), asOf, [asOf.AddDays(-1), asOf], 4, level == Level.High, "Attends again.")];
        return new ScreeningResult(student, Oakfield, asOf, level, 2m * (int)level, null, triggers, [], 1m, "2026.1");
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
