using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Auditing;

/// <summary>A district's audit on a real store, archive and key ring, on a clock of the test's own.</summary>
internal sealed class AuditHouse : IDisposable
{
    public static readonly DistrictId District = DistrictId.Parse("d1");
    public static readonly SchoolId Elm = SchoolId.Parse("elm");
    public static readonly Authority Counsellor = new(AuditActor.Staff("s-1"), [Role.Counsellor], AccessReason.RolePermits);

    private readonly int chains;

    public AuditHouse(int chains = 1)
    {
        this.chains = chains;
        Store = new TestStore(Clock);
        Keys = new AuditKeys(new FileKeyring(Store.Folder["keyring"], Clock));
        Chains = NewProcess();
        Trail = new AuditTrail(Chains);
        Log = new DisclosureLog(Chains, Clock);
        Archive = new FolderArchive(Store.Folder["archive"], Clock);
        Seals = new AuditSeals(Store.Tables, Archive, Keys, District, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 15, 9, 0, 0, TimeSpan.Zero));

    public TestStore Store { get; }

    public AuditKeys Keys { get; }

    public AuditChains Chains { get; }

    public AuditTrail Trail { get; }

    public DisclosureLog Log { get; }

    public FolderArchive Archive { get; }

    public AuditSeals Seals { get; }

    /// <summary>Another process's appenders over the same store.</summary>
    public AuditChains NewProcess() => new(Store.Tables, Keys, District, Clock, chains);

    /// <summary>Appends so many writes, one a minute, and seals if asked.</summary>
    public async Task FillAsync(int entries, bool seal = false)
    {
        for (var i = 0; i < entries; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await Chains.AppendAsync(Write(StudentKey.New()), CancellationToken.None);
        }
        if (seal) await Seals.SealAsync(CancellationToken.None);
    }

    public Task<AuditVerification> VerifyAsync(string? from = null, string? to = null) =>
        new AuditVerifier(Store.Tables, Seals, Keys, District).VerifyAsync(from, to, null, CancellationToken.None);

    /// <summary>What somebody with a hand on the table does, past every rule of ours.</summary>
    public async Task TamperAsync(params RowChange[] changes) =>
        Xunit.Assert.IsType<CommitResult.Committed>(await Store.Tables.CommitAsync(TableName.Audit, Partition(), changes, CancellationToken.None));

    public AuditEntry Write(StudentKey student, string? id = null)
    {
        var entry = AuditEntry.OfPupil(Counsellor, AuditAction.ChangeReferral, student, Elm, Clock.GetUtcNow(), "ref-1");
        return id is null ? entry : entry with { Id = id };
    }

    public Task<List<TableRow>> RowsAsync(int chain = 0, string month = "202601") =>
        Store.RowsAsync(TableName.Audit, Partition(chain, month), new RowKeyRange("", "~"));

    public static PartitionKey Partition(int chain = 0, string month = "202601") => ChainRows.Partition(District.Value, new ChainPlace(month, chain));

    public async Task<List<AuditEntry>> EntriesAsync(int chain = 0, string month = "202601") =>
        [.. (await Store.RowsAsync(TableName.Audit, Partition(chain, month), ChainRows.Entries)).Select(row => AuditEntry.Parse(ChainRows.Read(row.Body)!.Value.Bytes.Span))];

    public void Dispose() => Store.Dispose();
}
