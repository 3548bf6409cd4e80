using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Takes a pupil out of the registers of schools. Marks and section events go; the place on the roll is kept under a key that
/// stands for nobody, so that the others stay where they are and nobody is ever given it. Counts of school days stay as they were.</summary>
/// <remarks>The place is given away last: until then a run that was cut short finds what it left. Whoever had read the roll before may
/// yet write a mark there; it is nobody's.</remarks>
public sealed class LedgerErasure(ITableStore store, SchoolRolls rolls, LedgerReader ledger, DistrictId district)
{
    /// <returns>How many rows hold, or held, something of the pupil.</returns>
    public async Task<long> RunAsync(ErasureTrace trace, SchoolId school, SchoolYear year, bool remove, CancellationToken cancellationToken)
    {
        long found = 0;
        if (trace.Student is { } student && await ledger.FindBlockAsync(school, year, student, cancellationToken) is { } block)
            found += await BlockAsync(LedgerKeys.Partition(district, school, year), block, student, remove, cancellationToken);
        return found;
    }

    /// <returns>How many sealed rows of the school's roll hold, or held, the number.</returns>
    public async Task<long> SealedAsync(ErasureTrace trace, SchoolId school, SchoolYear year, bool remove, CancellationToken cancellationToken) =>
        trace.UniqueId is { } id ? await rolls.ForgetAsync(school, year, id, remove, cancellationToken) : 0;

    private async Task<long> BlockAsync(PartitionKey partition, int block, StudentKey student, bool remove, CancellationToken cancellationToken)
    {
        var blockKey = LedgerKeys.Block(block);
        if (await store.GetAsync(TableName.Attendance, partition, blockKey, cancellationToken) is not { } row) return 0;
        var slot = Array.FindIndex(BlockRow.Read(row.Body.Span), s => s?.Student == student);
        if (slot < 0) return 0;
        var keys = new List<RowKey>();
        foreach (var kind in new[] { LedgerKeys.Pages, LedgerKeys.Sections })
            await foreach (var page in store.QueryAsync(TableName.Attendance, partition, RowKeyRange.Under(kind), cancellationToken))
                if (LedgerKeys.ParsePage(page.Key).Block == block && Without(page, slot) is not null) keys.Add(page.Key);
        if (!remove) return keys.Count + 1;
        foreach (var key in keys)
            while (await store.GetAsync(TableName.Attendance, partition, key, cancellationToken) is { } page && Without(page, slot) is { } without)
                if (await store.CommitAsync(TableName.Attendance, partition, [new RowChange.Replace(key, page.ETag, without)], cancellationToken) is CommitResult.Committed) break;

        var nobody = new RegisterSlot(StudentKey.New(), [], ElsewhereToo: false);
        while (await store.GetAsync(TableName.Attendance, partition, blockKey, cancellationToken) is { } held)
        {
            var slots = BlockRow.Read(held.Body.Span);
            if (slots[slot]?.Student != student) break;
            slots[slot] = nobody;
            if (await store.CommitAsync(TableName.Attendance, partition, [new RowChange.Replace(blockKey, held.ETag, BlockRow.Write(slots))], cancellationToken) is CommitResult.Committed) break;
        }
        return keys.Count + 1;
    }

    /// <returns>Null if the row holds nothing of the slot.</returns>
    private static byte[]? Without(TableRow row, int slot) => row.Key.Parts()[0] == LedgerKeys.Pages
        ? LedgerPage.WithoutSlot(row.Body.Span, slot)
        : SectionRows.WithoutSlot(row, slot);
}
