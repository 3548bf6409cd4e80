using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Where one chain stood when its month was let go.</summary>
/// <param name="Point">Its end.</param>
/// <param name="Links">Earlier points of it upon which a later month goes on: what came late to the month stood behind them.</param>
public sealed record ChainHead(int Chain, ChainPoint Point, IReadOnlyList<ChainPoint> Links)
{
    /// <summary>Whether a later month may go on from the point.</summary>
    public bool Holds(ChainPoint point) => Point == point || Links.Contains(point);
}

/// <summary>All that is held of a month of the audit whose time is over: row <c>H|month</c> of partition (district).</summary>
/// <param name="KeyVersion">Of the key that signed the rest.</param>
/// <param name="IsEmptied">False while rows of the month may still be there.</param>
public sealed record MonthHeads(string Month, DateTimeOffset DroppedAt, IReadOnlyList<ChainHead> Chains, string KeyVersion, string Signature, bool IsEmptied)
{
    public ChainHead? Of(int chain) => Chains.FirstOrDefault(head => head.Chain == chain);

    internal static async ValueTask<MonthHeads?> FindAsync(ITableStore store, DistrictId district, string month, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Audit, ChainMonths.Registry(district), ChainRows.HeadsKey(month), cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Null for a row that is none of ours.</summary>
    internal static MonthHeads? Read(TableRow row)
    {
        try
        {
            return JsonSerializer.Deserialize(row.Body.Span, AuditJson.Default.MonthHeads);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.MonthHeads);

    internal static async ValueTask<MonthHeads> SignAsync(
        AuditKeys keys, DistrictId district, string month, DateTimeOffset at, IReadOnlyList<ChainHead> chains, CancellationToken cancellationToken)
    {
        var (version, signature) = await keys.SignAsync(Message(district, month, chains), cancellationToken);
        return new MonthHeads(month, at, chains, version, signature, IsEmptied: false);
    }

    internal ValueTask<bool> IsSignedAsync(AuditKeys keys, DistrictId district, CancellationToken cancellationToken) =>
        keys.IsSignedAsync(Message(district, Month, Chains), KeyVersion, Signature, cancellationToken);

    private static byte[] Message(DistrictId district, string month, IReadOnlyList<ChainHead> chains)
    {
        var text = new StringBuilder("heads\n").Append(district.Value).Append('\n').Append(month).Append('\n');
        foreach (var head in chains)
            foreach (var point in head.Links.Prepend(head.Point))
                text.Append(ChainRows.Number(head.Chain)).Append(' ').Append(point.Day).Append(' ').Append(ChainRows.Number(point.Sequence)).Append(' ').Append(point.Hash).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
