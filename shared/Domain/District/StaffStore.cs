using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.District;

/// <summary>A staff row as read.</summary>
public sealed record StoredStaff(StaffMember Member, ETag Version);

/// <summary>What became of saving a staff row.</summary>
public abstract record StaffSaved
{
    public sealed record Saved : StaffSaved;

    /// <summary>Somebody else changed it meanwhile: read again and decide anew.</summary>
    public sealed record Changed : StaffSaved;

    /// <summary>Another row has the same account or the same id in the sending system.</summary>
    public sealed record AlreadyTaken : StaffSaved;
}

/// <summary>The district's staff in table <c>district</c>, partition (district): <c>staff|id</c>, with pointers to it by account,
/// by the sender's id and by school, all of which change in one commit. Accounts and senders' ids stand in keys as hashes: a
/// key may end up in a storage log.</summary>
public sealed class StaffStore(ITableStore store, DistrictId district)
{
    /// <summary>So that a row and its pointers fit one commit.</summary>
    public const int MaxSchools = 40;

    private const string Rows = "staff";
    private const string ByObject = "staff-object";
    private const string ByName = "staff-upn";
    private const string BySource = "staff-source";
    private const string BySchool = "staff-school";

    private readonly PartitionKey partition = PartitionKey.Of(district.Value);

    public async ValueTask<StoredStaff?> FindAsync(StaffId id, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, partition, KeyOf(id), cancellationToken) is { } row ? Read(row) : null;

    /// <summary>By the account that signed in: its object id, else its user principal name where the row names no other object.</summary>
    public async ValueTask<StoredStaff?> FindByAccountAsync(Guid objectId, string? userPrincipalName, CancellationToken cancellationToken)
    {
        if (await FollowAsync(ObjectKey(objectId), cancellationToken) is { } known) return known;
        if (userPrincipalName is null || await FindByNameAsync(userPrincipalName, cancellationToken) is not { } named) return null;
        return named.Member.EntraObjectId is null ? named : null;
    }

    public ValueTask<StoredStaff?> FindByNameAsync(string userPrincipalName, CancellationToken cancellationToken) =>
        FollowAsync(NameKey(userPrincipalName), cancellationToken);

    /// <summary>By the id in the system that sends the roster.</summary>
    public ValueTask<StoredStaff?> FindBySourceAsync(string sourceId, CancellationToken cancellationToken) =>
        FollowAsync(SourceKey(sourceId), cancellationToken);

    /// <summary>Everybody, by id; also those who have left.</summary>
    public async Task<List<StaffMember>> ListAsync(CancellationToken cancellationToken)
    {
        var all = new List<StaffMember>();
        await foreach (var row in store.QueryAsync(TableName.District, partition, RowKeyRange.Under(Rows), cancellationToken))
            all.Add(Read(row).Member);
        return all;
    }

    /// <summary>Active staff of a school in one role, by id: its counsellors, its safeguarding leads.</summary>
    public async Task<List<StaffMember>> OfSchoolAsync(SchoolId school, Role role, CancellationToken cancellationToken)
    {
        var found = new List<StaffMember>();
        await foreach (var row in store.QueryAsync(TableName.District, partition, RowKeyRange.Under(BySchool, school.Value), cancellationToken))
            if (await FindAsync(Pointed(row), cancellationToken) is { Member: { IsActive: true } member } && member.Roles.Contains(role) && member.Schools.Contains(school))
                found.Add(member);
        return found;
    }

    /// <param name="expected">The version that was read; null for somebody new.</param>
    /// <param name="with">Further changes of the district's partition, in the same commit.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaxSchools"/> schools.</exception>
    public async ValueTask<StaffSaved> SaveAsync(
        StaffMember member, ETag? expected, CancellationToken cancellationToken, params IReadOnlyList<RowChange> with)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (member.Schools.Count > MaxSchools) throw new ArgumentException($"More than {MaxSchools} schools.", nameof(member));
        var key = KeyOf(member.Id);
        var body = JsonSerializer.SerializeToUtf8Bytes(StaffRow.Of(member), StaffJson.Default.StaffRow);
        var changes = new List<RowChange>(with);
        var before = new HashSet<RowKey>();
        if (expected is { } version)
        {
            if (await FindAsync(member.Id, cancellationToken) is not { } stored || stored.Version != version) return new StaffSaved.Changed();
            before.UnionWith(PointersOf(stored.Member));
            changes.Add(new RowChange.Replace(key, version, body));
        }
        else
        {
            changes.Add(new RowChange.Insert(key, body));
        }
        var after = PointersOf(member).ToHashSet();
        foreach (var gone in before.Except(after))
            if (await store.GetAsync(TableName.District, partition, gone, cancellationToken) is { } row) changes.Add(new RowChange.Delete(gone, row.ETag));
        foreach (var added in after.Except(before)) changes.Add(new RowChange.Insert(added, Encoding.ASCII.GetBytes(member.Id.Value)));

        return await store.CommitAsync(TableName.District, partition, changes, cancellationToken) switch
        {
            CommitResult.Committed => new StaffSaved.Saved(),
            CommitResult.Conflict conflict when after.Contains(conflict.Key) && !before.Contains(conflict.Key) => new StaffSaved.AlreadyTaken(),
            _ => new StaffSaved.Changed(),
        };
    }

    private async ValueTask<StoredStaff?> FollowAsync(RowKey pointer, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, partition, pointer, cancellationToken) is { } row
            ? await FindAsync(Pointed(row), cancellationToken)
            : null;

    private static IEnumerable<RowKey> PointersOf(StaffMember member)
    {
        yield return SourceKey(member.SourceId);
        if (member.EntraObjectId is { } account) yield return ObjectKey(account);
        if (member.UserPrincipalName is { } name) yield return NameKey(name);
        foreach (var school in member.Schools) yield return RowKey.Of(BySchool, school.Value, member.Id.Value);
    }

    private static StaffId Pointed(TableRow row) => StaffId.Parse(Encoding.ASCII.GetString(row.Body.Span));

    private static RowKey KeyOf(StaffId id) => RowKey.Of(Rows, id.Value);

    private static RowKey ObjectKey(Guid account) => RowKey.Of(ByObject, account.ToString("N"));

    private static RowKey NameKey(string userPrincipalName) => RowKey.Of(ByName, HashOf(userPrincipalName.Trim().ToLowerInvariant()));

    private static RowKey SourceKey(string sourceId) => RowKey.Of(BySource, HashOf(sourceId));

    private static string HashOf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static StoredStaff Read(TableRow row) =>
        new(JsonSerializer.Deserialize(row.Body.Span, StaffJson.Default.StaffRow)!.ToMember(), row.ETag);
}
