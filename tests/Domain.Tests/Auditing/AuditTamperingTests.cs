using CsCheck;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using Xunit;

namespace SchoolSignal.Domain.Tests.Auditing;

/// <summary>Whatever one changes in the rows of a sealed chain, verification finds it.</summary>
public sealed class AuditTamperingTests
{
    private enum Kind
    {
        FlipBit,
        Delete,
        Exchange,
        InsertCopy,
        Cut,
    }

    private static readonly Gen<(Kind Kind, int Entries, int Row, int Other, int Bit)> Tampering = Gen.Select(
        Gen.Enum<Kind>(), Gen.Int[2, 12], Gen.Int[0, 1_000], Gen.Int[1, 1_000], Gen.Int[0, 100_000]);

    [Fact]
    public Task VerifyAsync_AnyTampering_IsFound() => Tampering.SampleAsync(
        async t =>
        {
            using var house = new AuditHouse();
            await house.FillAsync(t.Entries);
            await house.Log.ReadListAsync(
                AuditHouse.Counsellor, AuditAction.ReadWorklist, [(StudentKey.New(), AuditHouse.Elm), (StudentKey.New(), AuditHouse.Elm)], CancellationToken.None);
            await house.Seals.SealAsync(CancellationToken.None);
            if (!(await house.VerifyAsync()).IsWhole) return false;

            var rows = await house.RowsAsync();
            await house.TamperAsync(ChangesOf(rows, t));
            return !(await house.VerifyAsync()).IsWhole;
        },
        iter: 150, threads: 2);

    [Fact]
    public Task VerifyAsync_AnyChangeToASeal_IsFound() => Gen.Int[0, 1_000_000].SampleAsync(
        async at =>
        {
            using var house = new AuditHouse();
            await house.FillAsync(2, seal: true);
            var path = await house.Archive.ListAsync(ArchivePath.Of("audit"), CancellationToken.None).FirstAsync();
            var file = Path.Combine(house.Store.Folder["archive"], path.Value);
            var bytes = await File.ReadAllBytesAsync(file);
            bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(file, bytes);
            return !(await house.VerifyAsync()).IsWhole;
        },
        iter: 60, threads: 2);

    private static RowChange[] ChangesOf(List<TableRow> rows, (Kind Kind, int Entries, int Row, int Other, int Bit) t)
    {
        var row = rows[t.Row % rows.Count];
        var entries = rows.FindAll(r => r.Key.Value[0] == 'E');
        switch (t.Kind)
        {
            case Kind.FlipBit:
                var body = row.Body.ToArray();
                body[t.Bit / 8 % body.Length] ^= (byte)(1 << (t.Bit % 8));
                return [new RowChange.Replace(row.Key, row.ETag, body)];
            case Kind.Delete:
                return [new RowChange.Delete(row.Key, row.ETag)];
            case Kind.Exchange:
                var one = entries[t.Row % entries.Count];
                var other = entries[(t.Row + 1 + (t.Other % (entries.Count - 1))) % entries.Count];
                return [new RowChange.Replace(one.Key, one.ETag, other.Body), new RowChange.Replace(other.Key, other.ETag, one.Body)];
            case Kind.InsertCopy:
                // Behind the end, between, or as a second of its number on another day.
                return [new RowChange.Insert(ChainRows.EntryKey(t.Other % 2 == 0 ? "20260115" : "20260116", (t.Other % 2 == 0 ? entries.Count : 0) + 1 + (t.Row % entries.Count)), row.Body)];
            default:
                return [.. entries.Skip(t.Row % entries.Count).Select(e => new RowChange.Delete(e.Key, e.ETag))];
        }
    }
}
