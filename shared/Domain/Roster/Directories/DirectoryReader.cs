using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Roster.Directories;

/// <summary>Reads a directory whole, and asks for the members of those classes only that have changed: one call a class is what a large
/// district's reading consists of. Members are kept by the directory's ids, without names, as rows <c>C|class</c> of table <c>district</c>,
/// partition (district, "roster-directory"); row <c>mark</c> says how far they go.</summary>
public sealed class DirectoryReader(ITableStore store, DistrictId district)
{
    private const string Rows = "C";
    private static readonly RowKey MarkKey = RowKey.Of("mark");

    public async Task<DirectoryRoster> ReadAsync(IRosterDirectory directory, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var changes = await directory.ClassChangesAsync((await ReadMarkAsync(cancellationToken))?.Mark, cancellationToken);
        var held = await HeldAsync(cancellationToken);
        var schools = new List<SchoolOfDirectory>();
        var read = 0;
        await foreach (var school in directory.SchoolsAsync(cancellationToken))
        {
            var people = await directory.PeopleAsync(school.Key, cancellationToken).ToListAsync(cancellationToken);
            var classes = new List<(DirectoryClass, DirectoryMembers)>();
            await foreach (var of in directory.ClassesAsync(school.Key, cancellationToken))
            {
                var known = held.Remove(of.Key, out var row);
                if (known && changes.Changed is { } changed && !changed.Contains(of.Key))
                {
                    classes.Add((of, Read(row)));
                    continue;
                }
                var members = await directory.MembersAsync(of.Key, cancellationToken);
                read++;
                await KeepAsync(of.Key, known ? row : null, members, cancellationToken);
                classes.Add((of, members));
            }
            schools.Add(new SchoolOfDirectory(school, people, classes));
        }
        // The directory does not report classes that were deleted: they are those it no longer lists.
        foreach (var gone in held.Values)
            await store.CommitAsync(TableName.District, Partition, [new RowChange.Delete(gone.Key, gone.ETag)], cancellationToken);
        return new DirectoryRoster(schools, changes.Mark, read);
    }

    /// <summary>What was read has arrived: the next reading goes on from here. Until then a crash has the same classes read again.</summary>
    /// <param name="sha256">Of what was handed on.</param>
    public async Task KeepMarkAsync(string mark, string sha256, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await store.GetAsync(TableName.District, Partition, MarkKey, cancellationToken);
            var body = JsonSerializer.SerializeToUtf8Bytes(new DirectoryMark(mark, sha256), RosterDirectoryJson.Default.DirectoryMark);
            RowChange change = row is { } there ? new RowChange.Replace(MarkKey, there.ETag, body) : new RowChange.Insert(MarkKey, body);
            if (await store.CommitAsync(TableName.District, Partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    /// <summary>Null before the first reading.</summary>
    public async Task<DirectoryMark?> ReadMarkAsync(CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, Partition, MarkKey, cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, RosterDirectoryJson.Default.DirectoryMark)
            : null;

    private async Task<Dictionary<string, TableRow>> HeldAsync(CancellationToken cancellationToken)
    {
        var held = new Dictionary<string, TableRow>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows), cancellationToken)) held[row.Key.Parts()[1]] = row;
        return held;
    }

    /// <summary>Where another run was faster its row is as good. A list too long for a row is asked for each time.</summary>
    private async Task KeepAsync(string key, TableRow? before, DirectoryMembers members, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(members, RosterDirectoryJson.Default.DirectoryMembers);
        if (body.Length > ITableStore.MaxBody) return;
        RowChange change = before is { } row ? new RowChange.Replace(row.Key, row.ETag, body) : new RowChange.Insert(RowKey.Of(Rows, key), body);
        await store.CommitAsync(TableName.District, Partition, [change], cancellationToken);
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value, "roster-directory");

    private static DirectoryMembers Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, RosterDirectoryJson.Default.DirectoryMembers)!;
}

/// <summary>How far the last reading of a directory went.</summary>
/// <param name="Sha256">Of what it handed on.</param>
public sealed record DirectoryMark(string Mark, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DirectoryMembers))]
[JsonSerializable(typeof(DirectoryMark))]
internal sealed partial class RosterDirectoryJson : JsonSerializerContext;
