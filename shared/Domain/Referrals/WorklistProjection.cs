using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Keeps each school's worklist rows (<c>W|referral</c> in table <c>schools</c>) like the open referrals they are made
/// from. Messages may come late, twice and in any order: each only says where to look.</summary>
public sealed class WorklistProjection(ITableStore store, ReferralStore referrals, DistrictId district)
{
    /// <summary>Takes a <see cref="ReferralChanged"/> message.</summary>
    public async Task ConsumeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var changed = ReferralChanged.Read(envelope);
        if (changed.PreviousSchool is { } previous) await ProjectAsync(previous, changed.Student, changed.Referral, cancellationToken);
        await ProjectAsync(changed.School, changed.Student, changed.Referral, cancellationToken);
    }

    /// <summary>Brings a referral's row in its school up to date at once, before its message does.</summary>
    public Task ProjectAsync(Referral referral, CancellationToken cancellationToken) =>
        ProjectAsync(referral.School, referral.Student, referral.Id, cancellationToken);

    /// <summary>Makes the schools' rows anew from the referrals themselves, beside anything that goes on.</summary>
    /// <returns>How many rows the schools now have.</returns>
    public async Task<int> RebuildAsync(IReadOnlyCollection<SchoolId> schools, CancellationToken cancellationToken)
    {
        var wanted = (await referrals.ReadOpenAsync(cancellationToken)).ToLookup(r => r.School);
        var count = 0;
        foreach (var school in schools)
        {
            var ids = wanted[school].Select(r => (r.Student, r.Id)).ToHashSet();
            count += ids.Count;
            await foreach (var row in store.QueryAsync(TableName.Schools, Worklist.PartitionOf(district, school), Worklist.Rows, cancellationToken))
                if (Worklist.Read(row) is var stale) ids.Add((stale.Student, stale.Id));
            foreach (var (student, id) in ids) await ProjectAsync(school, student, id, cancellationToken);
        }
        return count;
    }

    /// <summary>A slow writer may put back what a faster one removed, so the referral is looked at again after writing: whoever
    /// writes last has seen the latest.</summary>
    private async Task ProjectAsync(SchoolId school, StudentKey student, ReferralId id, CancellationToken cancellationToken)
    {
        var referral = await referrals.FindAsync(student, id, cancellationToken);
        while (true)
        {
            await WriteAsync(school, id, referral, cancellationToken);
            var latest = await referrals.FindAsync(student, id, cancellationToken);
            if (latest?.Revision == referral?.Revision) return;
            referral = latest;
        }
    }

    private async Task WriteAsync(SchoolId school, ReferralId id, Referral? referral, CancellationToken cancellationToken)
    {
        var partition = Worklist.PartitionOf(district, school);
        var key = Worklist.KeyOf(id);
        while (true)
        {
            var row = await store.GetAsync(TableName.Schools, partition, key, cancellationToken);
            var change = Change(school, key, row, referral);
            if (change is null || await store.CommitAsync(TableName.Schools, partition, [change], cancellationToken) is CommitResult.Committed) return;
        }
    }

    private static RowChange? Change(SchoolId school, RowKey key, TableRow? row, Referral? referral)
    {
        if (row is { } newer && referral is not null && Worklist.Read(newer).Revision > referral.Revision) return null;
        var isListed = referral is { IsOpen: true } && referral.School == school;
        return (row, isListed) switch
        {
            (null, true) => new RowChange.Insert(key, ReferralRows.Body(referral!)),
            ({ } there, true) when Worklist.Read(there).Revision < referral!.Revision => new RowChange.Replace(key, there.ETag, ReferralRows.Body(referral)),
            ({ } there, false) => new RowChange.Delete(key, there.ETag),
            _ => null,
        };
    }
}
