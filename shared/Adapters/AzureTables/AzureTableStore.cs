using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using SchoolSignal.Domain.Ports;
using ETag = SchoolSignal.Domain.Ports.ETag;


namespace SchoolSignal.Adapters.AzureTables;

/// <summary>The partitioned rows in Table Storage. A logical table is one of the account's, its name after
/// <see cref="StorageOptions.TablePrefix"/>; the districts of an account share it, each partition's key beginning with the
/// district's id.</summary>
/// <remarks>A commit is one entity group transaction, and every row of it holds the commit's random id. A call whose answer is
/// lost is made again; where the service then says that the rows have changed, <see cref="LostReplies"/> finds out by whom.
/// The SDK repeats nothing by itself.</remarks>
public sealed class AzureTableStore : ITableStore, IDisposable
{
    private const int PageRows = 1_000;
    private const int GetsAtOnce = 16;

    private readonly TableServiceClient service;
    private readonly StorageOptions options;
    private readonly TableCalls calls;
    private readonly PartitionPace pace;
    private readonly ConcurrentDictionary<TableName, Lazy<Task<TableClient>>> tables = new();

    public AzureTableStore(TableServiceClient service, StorageOptions options, TimeProvider clock)
    {
        this.service = service;
        this.options = options;
        calls = new TableCalls(options.Timeout, clock);
        pace = new PartitionPace(options.RowsPerSecond);
    }

    public async ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken)
    {
        var client = await TableAsync(table).ConfigureAwait(false);
        return (await FindAsync(client, StoredKey.Of(partition), StoredKey.Of(key), cancellationToken).ConfigureAwait(false))?.ToRow();
    }

    /// <summary>Some at a time: one after the other each would wait for its own way there and back.</summary>
    public async ValueTask<IReadOnlyList<TableRow>> GetManyAsync(
        TableName table, PartitionKey partition, IReadOnlyList<RowKey> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var rows = new List<TableRow>(keys.Count);
        foreach (var some in keys.Chunk(GetsAtOnce))
            foreach (var row in await Task.WhenAll(some.Select(key => GetAsync(table, partition, key, cancellationToken).AsTask())).ConfigureAwait(false))
                if (row is { } found) rows.Add(found);
        return rows;
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(
        TableName table, PartitionKey partition, RowKeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (string.CompareOrdinal(range.From, range.To) >= 0) yield break;
        var client = await TableAsync(table).ConfigureAwait(false);
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {StoredKey.Of(partition)} and RowKey ge {StoredKey.Bound(range.From)} and RowKey lt {StoredKey.Bound(range.To)}");
        string? next = null;
        do
        {
            var page = await calls.RunAsync(stop => PageAsync(client, filter, next, stop), cancellationToken).ConfigureAwait(false);
            foreach (var row in page.Values) yield return row.ToRow();
            next = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    public async ValueTask<CommitResult> CommitAsync(
        TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        CommitRules.Check(changes);
        var storedPartition = StoredKey.Of(partition);
        var changeId = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var actions = changes.Select(change => Action(storedPartition, changeId, change)).ToList();
        var client = await TableAsync(table).ConfigureAwait(false);
        await pace.WaitAsync(table, partition, actions.Count, cancellationToken).ConfigureAwait(false);

        var tries = 0;
        try
        {
            var response = await calls.RunAsync(
                async stop =>
                {
                    tries++;
                    return await client.SubmitTransactionAsync(actions, stop).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return new CommitResult.Committed([.. changes.Select((change, i) => change is RowChange.Delete
                ? default
                : Version.Of(changeId, response.Value[i].Headers.ETag ?? throw new InvalidDataException("The service gave no ETag.")))]);
        }
        catch (TableTransactionFailedException refused) when (IsConflict(refused))
        {
            var at = refused.FailedTransactionActionIndex is { } index and >= 0 && index < changes.Count ? index : 0;
            // Refused at once: by the rows as they were. Refused after a call that got no answer: perhaps by our own write.
            return tries == 1
                ? new CommitResult.Conflict(changes[at].Key)
                : await new LostReplies(key => FindAsync(client, storedPartition, key, cancellationToken))
                    .ResolveAsync(changeId, actions, changes, at).ConfigureAwait(false);
        }
    }

    public void Dispose() => pace.Dispose();

    /// <summary>Already there, gone, or of another version. A table that is not there is a fault: whoever was told of a conflict would read
    /// and try again for ever.</summary>
    private static bool IsConflict(RequestFailedException refused) =>
        refused.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.NotFound or (int)HttpStatusCode.PreconditionFailed
        && refused.ErrorCode != TableErrorCode.TableNotFound;

    private static TableTransactionAction Action(string partition, string changeId, RowChange change)
    {
        var row = new StoredRow { PartitionKey = partition, RowKey = StoredKey.Of(change.Key), ChangeId = changeId };
        switch (change)
        {
            case RowChange.Insert insert:
                row.Body = insert.Body.ToArray();
                return new TableTransactionAction(TableTransactionActionType.Add, row);
            case RowChange.Replace replace:
                var replaced = Version.Parse(replace.ETag);
                row.Body = replace.Body.ToArray();
                row.Before = replaced.ChangeId;
                // Update, never Upsert: an upsert ignores the tag.
                return new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, replaced.Tag);
            case RowChange.Delete delete:
                return new TableTransactionAction(TableTransactionActionType.Delete, row, Version.Parse(delete.ETag).Tag);
            default:
                throw new ArgumentException("An unknown kind of change.", nameof(change));
        }
    }

    private ValueTask<StoredRow?> FindAsync(TableClient client, string partition, string key, CancellationToken cancellationToken) =>
        calls.RunAsync(
            async stop =>
            {
                var found = await client.GetEntityIfExistsAsync<StoredRow>(partition, key, cancellationToken: stop).ConfigureAwait(false);
                if (found.HasValue) return found.Value;
                var answer = found.GetRawResponse();
                if (answer.Headers.TryGetValue("x-ms-error-code", out var code) && code == TableErrorCode.TableNotFound) throw new RequestFailedException(answer);
                return null;
            },
            cancellationToken);

    private static async ValueTask<Page<StoredRow>> PageAsync(TableClient client, string filter, string? next, CancellationToken cancellationToken)
    {
        var pages = client.QueryAsync<StoredRow>(filter, PageRows, cancellationToken: cancellationToken).AsPages(next);
        await using var page = pages.GetAsyncEnumerator(cancellationToken);
        return await page.MoveNextAsync().ConfigureAwait(false) ? page.Current : Page<StoredRow>.FromValues([], null, null!);
    }

    private Task<TableClient> TableAsync(TableName table)
    {
        var client = tables.GetOrAdd(table, name => new Lazy<Task<TableClient>>(() => OpenAsync(name)));
        // A table that could not be made is tried anew with the next call.
        if (client.Value.IsFaulted) tables.TryRemove(KeyValuePair.Create(table, client));
        return client.Value;
    }

    private async Task<TableClient> OpenAsync(TableName table)
    {
        var client = service.GetTableClient(options.TablePrefix + table.Value);
        if (options.Create)
            await calls.RunAsync(async stop => await client.CreateIfNotExistsAsync(stop).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
        return client;
    }
}
