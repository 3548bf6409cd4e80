using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>Reads one range of row keys over all of a district's pupil partitions.</summary>
internal static class PupilRows
{
    /// <summary>Few enough not to starve an import that runs beside it.</summary>
    private const int Parallel = 8;

    /// <summary>What <paramref name="read"/> makes of each row, in the order of partitions and keys.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(
        ITableStore store, PupilPartitions partitions, RowKeyRange range, Func<TableRow, T> read, CancellationToken cancellationToken)
    {
        var perBucket = new List<T>?[partitions.Count];
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(0, partitions.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (bucket, cancellation) =>
            {
                await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.At(bucket), range, cancellation))
                    (perBucket[bucket] ??= []).Add(read(row));
            });
        var all = new List<T>();
        foreach (var rows in perBucket)
            if (rows is not null) all.AddRange(rows);
        return all;
    }
}
