using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Finds, and where asked to removes, a pupil's rows outside ledger and directory. Each step can be repeated.</summary>
public sealed class RowErasure(
    ITableStore store, PupilPartitions partitions, ClassStore classes, StaffStore staff, DistrictSettingsStore settings, FailureStore failures,
    DeadLetters deadLetters, IWaitingMessages waiting, Outbox outbox, DistrictId district)
{
    /// <summary>The names by which rows of the pupil's partition and messages know the pupil.</summary>
    public async Task<IReadOnlyCollection<string>> NamesAsync(StudentKey student, CancellationToken cancellationToken)
    {
        var names = new PupilNames();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(student), KnownPartitions.EveryRow, cancellationToken)) names.Learn(row);
        return [.. names.NamesOf(student).Where(name => name != student.ToString())];
    }

    /// <summary>Profile, forms, concerns, results, referrals, the notification log, alerts.</summary>
    public async Task<long> PupilAsync(ErasureTrace trace, bool remove, CancellationToken cancellationToken)
    {
        if (trace.Student is not { } student) return 0;
        var partition = partitions.Of(student);
        // What is due goes out first: an audit's entry must not be lost, and the rest is met in the queue.
        if (remove) await outbox.RelayAsync(TableName.Pupils, partition, cancellationToken);
        var names = new PupilNames();
        names.Learn(student, trace.Ids);
        return await DeleteAsync(
            TableName.Pupils, partition, row => names.OwnerOf(row) == student && row.Key.Parts()[0] != Outbox.Prefix, remove, cancellationToken);
    }

    /// <summary>What is kept for reading of a school, and each teacher's own forms.</summary>
    public async Task<long> SchoolsAsync(ErasureTrace trace, IEnumerable<SchoolId> schools, bool remove, CancellationToken cancellationToken)
    {
        if (trace.Student is not { } student) return 0;
        long found = 0;
        bool IsNamed(TableRow row) => trace.IsNamedIn(row.Key.Value) || row.Body.Span.IndexOf(Encoding.ASCII.GetBytes(student.ToString())) >= 0;
        foreach (var school in schools)
        {
            found += await DeleteAsync(TableName.Schools, KnownPartitions.OfSchool(district, school), IsNamed, remove, cancellationToken);
            found += await TurnsAsync(KnownPartitions.OfSchool(district, school), trace, remove, cancellationToken);
            foreach (var roll in await classes.OfSchoolAsync(school, cancellationToken))
            {
                if (roll.Places.All(place => place.Student != student)) continue;
                found++;
                if (remove) await classes.SaveAsync(roll with { Places = [.. roll.Places.Where(place => place.Student != student)] }, cancellationToken);
            }
        }
        found += await DeleteAsync(TableName.Schools, KnownPartitions.OfNoSchool(district), IsNamed, remove, cancellationToken);
        foreach (var member in await KnownPartitions.StaffAsync(staff, cancellationToken))
            found += await DeleteAsync(TableName.Schools, KnownPartitions.OfStaff(district, member), IsNamed, remove, cancellationToken);
        return found;
    }

    /// <summary>Turns under a school's weekly cap: the turn stays taken.</summary>
    private async Task<long> TurnsAsync(PartitionKey school, ErasureTrace trace, bool remove, CancellationToken cancellationToken)
    {
        long found = 0;
        var weeks = new List<TableRow>();
        await foreach (var row in store.QueryAsync(TableName.Schools, school, RowKeyRange.Under(WeeklyCap.Row), cancellationToken)) weeks.Add(row);
        foreach (var week in weeks)
        {
            if (WeeklyCap.Without(week, id => trace.IsNamedIn(id.ToString())) is not { } without) continue;
            found++;
            // Changed by somebody else meanwhile: it is met in the next pass.
            if (remove) await store.CommitAsync(TableName.Schools, school, [new RowChange.Replace(week.Key, week.ETag, without)], cancellationToken);
        }
        return found;
    }

    /// <summary>Opt-outs, also those named before the roster knew the pupil, and caseloads.</summary>
    public async Task<long> DistrictAsync(ErasureTrace trace, bool remove, CancellationToken cancellationToken)
    {
        long found = 0;
        var held = (await settings.ReadAsync(cancellationToken)).Settings;
        if (IsIn(held))
        {
            found++;
            if (remove) await settings.ChangeAsync((now, _) => ValueTask.FromResult(IsIn(now) ? Without(now) : now), cancellationToken);
        }
        // Who is in which class, by ids of the directory that we cannot tie to a pupil: it is read anew in whole.
        if (remove) await DeleteAsync(TableName.District, PartitionKey.Of(district.Value, KnownPartitions.RosterDirectory), _ => true, remove, cancellationToken);
        if (trace.Student is not { } student) return found;
        foreach (var member in await staff.ListAsync(cancellationToken))
        {
            if (!member.Caseload.Pupils.Contains(student)) continue;
            found++;
            if (remove) await WithoutAsync(member.Id, student, cancellationToken);
        }
        return found;

        bool IsIn(DistrictSettings of) =>
            (trace.Student is { } key && of.OptOuts.Contains(key)) || (trace.UniqueId is { } id && of.UnresolvedOptOuts.Contains(id));

        DistrictSettings Without(DistrictSettings of) => of with
        {
            OptOuts = of.OptOuts.Where(key => key != trace.Student).ToHashSet(),
            UnresolvedOptOuts = [.. of.UnresolvedOptOuts.Where(id => id != trace.UniqueId)],
        };
    }

    /// <summary>Messages that wait, and work that was given up.</summary>
    public async Task<long> QueueAsync(ErasureTrace trace, bool remove, CancellationToken cancellationToken)
    {
        if (trace.Student is null) return 0;
        if (remove) await deadLetters.SweepAsync(cancellationToken);
        long found = remove ? await waiting.RemoveAsync(trace.IsNamedIn, cancellationToken) : await waiting.CountAsync(trace.IsNamedIn, cancellationToken);
        foreach (var failure in await failures.ListAsync(cancellationToken))
        {
            if (failure.Queue == QueueName.Audit.Value || (!trace.IsNamedIn(failure.Key) && !trace.IsNamedIn(failure.Message))) continue;
            found++;
            if (remove) await failures.RemoveAsync(failure, cancellationToken);
        }
        return found;
    }

    private async Task WithoutAsync(StaffId id, StudentKey student, CancellationToken cancellationToken)
    {
        while (await staff.FindAsync(id, cancellationToken) is { } stored)
        {
            var caseload = stored.Member.Caseload;
            var without = stored.Member with { Caseload = caseload with { Pupils = caseload.Pupils.Where(key => key != student).ToHashSet() } };
            if (await staff.SaveAsync(without, stored.Version, cancellationToken) is not StaffSaved.Changed) return;
        }
    }

    private async Task<long> DeleteAsync(TableName table, PartitionKey partition, Func<TableRow, bool> isTheirs, bool remove, CancellationToken cancellationToken)
    {
        var theirs = new List<TableRow>();
        await foreach (var row in store.QueryAsync(table, partition, KnownPartitions.EveryRow, cancellationToken))
            if (isTheirs(row)) theirs.Add(row);
        if (!remove) return theirs.Count;
        foreach (var chunk in theirs.Chunk(ITableStore.MaxChanges))
        {
            var deletes = chunk.Select(row => (RowChange)new RowChange.Delete(row.Key, row.ETag)).ToList();
            if (await store.CommitAsync(table, partition, deletes, cancellationToken) is CommitResult.Committed) continue;
            // Somebody changed one of them meanwhile: each by itself, and what is left is met in the next pass.
            foreach (var delete in deletes) await store.CommitAsync(table, partition, [delete], cancellationToken);
        }
        return theirs.Count;
    }
}
