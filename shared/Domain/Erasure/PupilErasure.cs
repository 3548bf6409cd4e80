using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Erasure.Files;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Why a pupil is erased. Chosen from a list: words of one's own could hold a name.</summary>
public enum ErasureReason
{
    /// <summary>The pupil or the parents asked for it, and it was granted.</summary>
    Request,
    /// <summary>A court or an authority ordered it.</summary>
    Order,
    /// <summary>The record should never have been there.</summary>
    Mistake,
    /// <summary>It has been kept for as long as it may be.</summary>
    KeptLongEnough,
}

/// <summary>What became of an erasure.</summary>
public abstract record ErasureResult
{
    /// <param name="Unfinished">Something has to wait (a feed that is being read): run it again, or let the daily run end it.</param>
    public sealed record Erased(ErasureCounts Counts, bool Unfinished) : ErasureResult;

    /// <summary>Nothing is held of that number.</summary>
    public sealed record NothingHeld : ErasureResult;
}

/// <summary>Erases a pupil wherever the pupil's data lies. It can be cut short at any point and run again; the audit keeps that it was
/// done, by whom and why, with the random key alone, which then stands for nobody.</summary>
/// <remarks>Order: audit, tombstone, everything that is found by key or number, last the directory. From the tombstone on nothing new comes
/// in; what was on its way is met by the next pass. Passes go on until one finds nothing; <see cref="ConfirmAsync"/> looks once more when
/// <see cref="Tombstones.Settle"/> is over.</remarks>
public sealed class PupilErasure(
    StudentDirectory directory, Tombstones tombstones, KnownPartitions known, RowErasure rows, LedgerErasure ledger, ArchiveErasure files,
    BackupKeys backupKeys, AuditTrail trail, TimeProvider time)
{
    private const int MostPasses = 5;

    /// <summary>What an erasure would remove. Changes nothing.</summary>
    public async Task<ErasureCounts> CountAsync(StudentUniqueId id, CancellationToken cancellationToken) =>
        (await PassAsync(await TraceAsync(id, cancellationToken), remove: false, cancellationToken)).Counts;

    /// <summary>Erases the pupil, or goes on with an erasure that was cut short.</summary>
    public async Task<ErasureResult> EraseAsync(Authority authority, StudentUniqueId id, ErasureReason reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authority);
        var trace = await TraceAsync(id, cancellationToken);
        if (trace.Student is null && await tombstones.FindAsync(id, cancellationToken) is null
            && (await PassAsync(trace, remove: false, cancellationToken)).Counts.Total == 0)
            return new ErasureResult.NothingHeld();
        var now = time.GetUtcNow();
        // One entry for each erasure, however often it is cut short and run again.
        var entry = trace.Student is { } student
            ? AuditEntry.OfPupil(authority, AuditAction.EraseRecord, student, null, now, $"{reason}") with { Id = $"{AuditAction.EraseRecord} {student}" }
            : AuditEntry.OfDistrict(authority, AuditAction.EraseRecord, now) with { Reference = $"{reason}" };
        await trail.AppendAsync(entry, cancellationToken);
        return await RunAsync(trace, id, cancellationToken);
    }

    /// <summary>Goes on with erasures that were cut short, and looks once more for rows that came late to those that were not.</summary>
    /// <returns>How many are confirmed now.</returns>
    public async Task<int> ConfirmAsync(CancellationToken cancellationToken)
    {
        var confirmed = 0;
        foreach (var stored in await tombstones.AllAsync(cancellationToken))
        {
            var tombstone = stored.Tombstone;
            if (tombstone.ConfirmedAt is not null) continue;
            var uniqueId = tombstone.Student is { } key ? (await directory.IdentifyAsync(key, cancellationToken))?.UniqueId : null;
            if (uniqueId is { } id)
            {
                await RunAsync(await TraceAsync(id, cancellationToken), id, cancellationToken);
                continue;
            }
            if (time.GetUtcNow() - tombstone.BegunAt < Tombstones.Settle) continue;
            var (counts, waits) = await PassAsync(new ErasureTrace(tombstone.Student, null, tombstone.Ids), remove: true, cancellationToken);
            if (counts.Total > 0 || waits) continue;
            if (await tombstones.SaveAsync(stored.Key, stored, new Tombstone(tombstone.BegunAt, null, [], time.GetUtcNow()), cancellationToken) is not null) confirmed++;
        }
        return confirmed;
    }

    /// <summary>After a restore: erases whom the backup has brought back although there is a tombstone.</summary>
    /// <returns>How many were.</returns>
    public async Task<int> ReplayAsync(CancellationToken cancellationToken)
    {
        var erased = await tombstones.ReadAsync(cancellationToken);
        if (erased.IsEmpty) return 0;
        var count = 0;
        await foreach (var identity in directory.AllAsync(cancellationToken))
        {
            if (!erased.Contains(identity.UniqueId)) continue;
            await RunAsync(await TraceAsync(identity.UniqueId, cancellationToken), identity.UniqueId, cancellationToken);
            count++;
        }
        return count;
    }

    /// <summary>After a restore: removes what is left in shared rows of a pupil whose own could not be opened any more.</summary>
    public async Task SweepAsync(StudentKey student, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < MostPasses; pass++)
            if ((await PassAsync(new ErasureTrace(student, null, []), remove: true, cancellationToken)).Counts.Total == 0) return;
    }

    private async Task<ErasureResult.Erased> RunAsync(ErasureTrace trace, StudentUniqueId id, CancellationToken cancellationToken)
    {
        var total = new ErasureCounts();
        for (var pass = 0; pass < MostPasses; pass++)
        {
            await tombstones.SaveAsync(
                id, held => new Tombstone(held?.BegunAt ?? time.GetUtcNow(), trace.Student, [.. trace.Ids.Union(held?.Ids ?? [])]), cancellationToken);
            var (counts, waits) = await PassAsync(trace, remove: true, cancellationToken);
            total.Add(counts);
            if (waits) return new ErasureResult.Erased(total, Unfinished: true);
            if (trace.Student is { } student)
            {
                await backupKeys.DestroyAsync(student, cancellationToken);
                total.Add(ErasedPlace.Directory, await directory.ForgetAsync(student, id, cancellationToken));
            }
            if (counts.Total == 0) return new ErasureResult.Erased(total, Unfinished: false);
            trace = await TraceAsync(id, cancellationToken);
        }
        return new ErasureResult.Erased(total, Unfinished: true);
    }

    private async Task<ErasureTrace> TraceAsync(StudentUniqueId id, CancellationToken cancellationToken)
    {
        var tombstone = (await tombstones.FindAsync(id, cancellationToken))?.Tombstone;
        var student = await directory.FindAsync(id, cancellationToken) ?? tombstone?.Student;
        IEnumerable<string> names = student is { } key ? await rows.NamesAsync(key, cancellationToken) : [];
        return new ErasureTrace(student, id, [.. names.Union(tombstone?.Ids ?? [])]);
    }

    private async Task<(ErasureCounts Counts, bool Waits)> PassAsync(ErasureTrace trace, bool remove, CancellationToken cancellationToken)
    {
        var counts = new ErasureCounts();
        counts.Add(ErasedPlace.District, await rows.DistrictAsync(trace, remove, cancellationToken));
        foreach (var (school, year) in await known.SchoolYearsAsync(cancellationToken))
        {
            counts.Add(ErasedPlace.Ledger, await ledger.RunAsync(trace, school, year, remove, cancellationToken));
            counts.Add(ErasedPlace.Directory, await ledger.SealedAsync(trace, school, year, remove, cancellationToken));
        }
        counts.Add(ErasedPlace.Pupil, await rows.PupilAsync(trace, remove, cancellationToken));
        counts.Add(ErasedPlace.School, await rows.SchoolsAsync(trace, await known.SchoolsAsync(cancellationToken), remove, cancellationToken));
        counts.Add(ErasedPlace.Queue, await rows.QueueAsync(trace, remove, cancellationToken));
        if (trace.UniqueId is not { } id) return (counts, false);
        var found = await files.RunAsync(new NumberMatch(id.Value), remove, (path, cancellation) => backupKeys.DestroyAsync(path, cancellation), cancellationToken);
        counts.Add(ErasedPlace.Archive, found.Lines);
        if (!remove && trace.Student is { } student) counts.Add(ErasedPlace.Directory, await directory.CountAsync(student, id, cancellationToken));
        return (counts, found.Waits);
    }
}
