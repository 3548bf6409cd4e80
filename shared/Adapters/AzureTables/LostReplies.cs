using Azure.Data.Tables;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>Whether a commit went in whose first answer was lost and whose repetition the service refused: the rows say by whom
/// they were written last, and whose write that one replaced.</summary>
internal sealed class LostReplies(Func<string, ValueTask<StoredRow?>> find)
{
    /// <exception cref="IOException">It cannot be told: the rows have changed more than once since. Whoever asked has to look at
    /// what is there, as after any fault of the store.</exception>
    public async ValueTask<CommitResult> ResolveAsync(
        string changeId, List<TableTransactionAction> actions, IReadOnlyList<RowChange> changes, int refusedAt)
    {
        var found = new StoredRow?[actions.Count];
        for (var i = 0; i < found.Length; i++) found[i] = await find(actions[i].Entity.RowKey).ConfigureAwait(false);

        if (found.Any(row => row is not null && (row.ChangeId == changeId || row.Before == changeId)))
            return new CommitResult.Committed([.. changes.Select((change, i) => TagOf(change, changeId, found[i]))]);
        for (var i = 0; i < found.Length; i++)
            if (IsProof(changes[i], found[i])) return new CommitResult.Conflict(changes[refusedAt].Key);
        // Nothing but deletes: they leave no trace, and what was wanted is so.
        if (changes.All(change => change is RowChange.Delete) && found.All(row => row is null))
            return new CommitResult.Committed([.. changes.Select(_ => default(ETag))]);
        throw new IOException("An answer of Table Storage was lost, and the rows have changed since: whether the commit went in cannot be told.");
    }

    /// <summary>A row that somebody has changed since has no version of ours any more; any tag that is not its own says so.</summary>
    private static ETag TagOf(RowChange change, string changeId, StoredRow? found) =>
        change is RowChange.Delete ? default
        : found?.ChangeId == changeId ? Version.Of(changeId, found.ETag)
        : new ETag(changeId);

    /// <summary>Whether the row as it is proves that the commit, which is whole or nothing, did not go in.</summary>
    private static bool IsProof(RowChange change, StoredRow? found) => change switch
    {
        // Somebody else inserted it.
        RowChange.Insert => found is { Before.Length: 0 },
        RowChange.Replace replace => IsOfOrAfter(found, Version.Parse(replace.ETag)),
        RowChange.Delete delete => IsOfOrAfter(found, Version.Parse(delete.ETag)),
        _ => false,
    };

    /// <summary>Still the version that was to be changed, or somebody else's write right upon it.</summary>
    private static bool IsOfOrAfter(StoredRow? found, Version expected) =>
        found is not null && (found.ETag == expected.Tag || (expected.ChangeId.Length > 0 && found.Before == expected.ChangeId));
}
