using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Observations;

/// <summary>The service over a real store.</summary>
internal sealed class SubmissionRig : IDisposable
{
    public static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    private static readonly DistrictId Valley = DistrictId.Parse("valley");

    private readonly Enrollments enrollments;
    private readonly DistrictSettingsStore settings;
    private readonly StudentDirectory directory;

    public SubmissionRig(TimeProvider clock)
    {
        Store = new TestStore(clock);
        var tables = Store.Tables;
        var partitions = new PupilPartitions(Valley, 4);
        var outbox = new Outbox(tables, Store.Queue);
        var keys = new DirectoryKeys(new FileKeyring(Store.Folder.Path, clock));
        directory = new StudentDirectory(tables, keys, Valley, 4);
        settings = new DistrictSettingsStore(tables, Valley);
        var registry = new SchoolRegistry(tables, Valley);
        enrollments = new Enrollments(tables, directory, new SchoolRolls(tables, keys, directory, registry, outbox, Valley), partitions, new DistrictToday(settings, clock));
        Observations = new ObservationStore(tables, outbox, Valley, partitions);
        Own = new OwnSubmissions(tables, Observations, Valley);
        Contacts = new SafeguardingContactStore(tables, Valley);
        Urgent = new UrgentConcerns(tables, Observations, Valley);
        Submission = new ObservationSubmission(Observations, Own, enrollments, settings, Contacts, clock);
    }

    public TestStore Store { get; }

    public ObservationStore Observations { get; }

    public OwnSubmissions Own { get; }

    public SafeguardingContactStore Contacts { get; }

    public UrgentConcerns Urgent { get; }

    public ObservationSubmission Submission { get; }

    /// <summary>Sets what a district needs before it may take forms.</summary>
    public async Task OpenAsync()
    {
        await ChangeAsync(s => s with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") });
        await Contacts.SetDistrictAsync(new SafeguardingContact("Ms Hall", "555-0100"), new SchoolSafeguarding(null, null, null, "911"), CancellationToken.None);
    }

    public async Task ChangeAsync(Func<DistrictSettings, DistrictSettings> change) =>
        await settings.ChangeAsync((s, _) => ValueTask.FromResult(change(s)), CancellationToken.None);

    public async Task<StudentKey> EnrolAsync(string id, DateOnly from)
    {
        var pupil = StudentUniqueId.Parse(id);
        await enrollments.EnrollAsync(
            [new EnrollmentStatement(new StudentNaming(pupil), new Enrollment(Oakfield, from, null))], EnrollmentMode.Roster, SchoolYear.DefaultFirstMonth, CancellationToken.None);
        return (await directory.FindAsync(pupil, CancellationToken.None))!.Value;
    }

    /// <summary>Puts the concerns of the queue on the worklist.</summary>
    public async Task WorkUrgentAsync(bool twice)
    {
        foreach (var message in await Store.Queue.ReceiveAsync(QueueName.Urgent, 100, TimeSpan.FromMinutes(1), CancellationToken.None))
            for (var i = 0; i < (twice ? 2 : 1); i++)
                await Urgent.ConsumeAsync(Envelope.Parse(message.Body), CancellationToken.None);
    }

    public void Dispose() => Store.Dispose();
}
