using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Open referrals in the order a counsellor works them.</summary>
/// <param name="Listed">To be worked.</param>
/// <param name="Waiting">Held back by the weekly cap; not to be worked yet.</param>
public sealed record WorklistPage(IReadOnlyList<Referral> Listed, IReadOnlyList<Referral> Waiting);

/// <summary>Reads the worklist from its projection in table <c>schools</c>.</summary>
public sealed class Worklist(ITableStore store, DistrictId district)
{
    private const string Row = "W";

    internal static RowKeyRange Rows { get; } = RowKeyRange.Under(Row);

    /// <summary>One school's, highest level first, then priority, then the longest open.</summary>
    public Task<WorklistPage> ReadAsync(SchoolId school, CancellationToken cancellationToken) => ReadAsync([school], cancellationToken);

    /// <summary>Several schools' in one order.</summary>
    public async Task<WorklistPage> ReadAsync(IReadOnlyCollection<SchoolId> schools, CancellationToken cancellationToken)
    {
        var referrals = new List<Referral>();
        foreach (var school in schools)
            await foreach (var row in store.QueryAsync(TableName.Schools, PartitionOf(district, school), Rows, cancellationToken))
                referrals.Add(Read(row));
        referrals.Sort(InOrder);
        return new WorklistPage([.. referrals.Where(r => !r.Waiting)], [.. referrals.Where(r => r.Waiting)]);
    }

    /// <summary>Level, priority, the longest open; the id last, so that two readings never differ.</summary>
    public static int InOrder(Referral left, Referral right)
    {
        var order = right.Level.CompareTo(left.Level);
        if (order == 0) order = right.Priority.CompareTo(left.Priority);
        if (order == 0) order = left.OpenedOn.CompareTo(right.OpenedOn);
        return order != 0 ? order : left.Id.Value.CompareTo(right.Id.Value);
    }

    internal static PartitionKey PartitionOf(DistrictId district, SchoolId school) => PartitionKey.Of(district.Value, school.Value);

    internal static RowKey KeyOf(ReferralId id) => RowKey.Of(Row, id.ToString());

    internal static Referral Read(TableRow row) => JsonSerializer.Deserialize(row.Body.Span, ReferralJson.Default.Referral)!;
}
