using System.Globalization;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>When each timer function last ran, in the district's table: row <c>timer|NAME</c>.</summary>
internal sealed class TimerMemory(ITableStore store, DistrictId district)
{
    public async Task<DateTimeOffset?> LastRunAsync(string function, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.District, Partition, Key(function), cancellationToken) is { } row
            ? DateTimeOffset.Parse(Encoding.UTF8.GetString(row.Body.Span), CultureInfo.InvariantCulture)
            : null;

    /// <summary>Where two hosts share the data, the later time stays.</summary>
    public async Task RememberAsync(string function, DateTimeOffset ran, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(ran.ToString("O", CultureInfo.InvariantCulture));
        while (true)
        {
            var row = await store.GetAsync(TableName.District, Partition, Key(function), cancellationToken);
            RowChange change = row is { } there
                ? new RowChange.Replace(there.Key, there.ETag, body)
                : new RowChange.Insert(Key(function), body);
            if (await store.CommitAsync(TableName.District, Partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private PartitionKey Partition => PartitionKey.Of(district.Value);

    private static RowKey Key(string function) => RowKey.Of("timer", function);
}
