using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Domain.District;

/// <summary>Changes the district's settings, and keeps in the audit who did. The entries are appended before the change is
/// saved: a crash in between leaves an entry too many, never a change without one.</summary>
public sealed class SettingsChanges(DistrictSettingsStore store, AuditTrail trail, TimeProvider time)
{
    /// <summary>Reads, changes and saves, again if somebody else saved meanwhile.</summary>
    public async ValueTask<DistrictSettings> ChangeAsync(
        Authority authority, Func<DistrictSettings, CancellationToken, ValueTask<DistrictSettings>> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await store.ReadAsync(cancellationToken);
            var changed = await change(stored.Settings, cancellationToken);
            if (ReferenceEquals(changed, stored.Settings)) return changed;
            await Task.WhenAll(EntriesOf(authority, stored.Settings, changed, time.GetUtcNow()).Select(e => trail.AppendAsync(e, cancellationToken)));
            if (await store.SaveAsync(changed, stored.Version, cancellationToken) is not null) return changed;
        }
    }

    /// <summary>One entry for each kind of setting that changed; of opt-outs, entries that name the pupils, so that subject
    /// access finds them.</summary>
    public static IReadOnlyList<AuditEntry> EntriesOf(Authority authority, DistrictSettings before, DistrictSettings after, DateTimeOffset at)
    {
        var entries = new List<AuditEntry>();
        if (before.LegalBasis != after.LegalBasis) entries.Add(AuditEntry.OfDistrict(authority, AuditAction.ChangeLegalBasis, at));
        var optOuts = before.OptOuts.Except(after.OptOuts).Concat(after.OptOuts.Except(before.OptOuts)).Order().ToList();
        entries.AddRange(optOuts.Chunk(AuditEntry.MaxUnlistedStudents).Select(students => AuditEntry.OfDistrict(authority, AuditAction.ChangeOptOuts, at) with { Students = students }));
        if (optOuts.Count == 0 && !before.UnresolvedOptOuts.SequenceEqual(after.UnresolvedOptOuts))
            entries.Add(AuditEntry.OfDistrict(authority, AuditAction.ChangeOptOuts, at, after.UnresolvedOptOuts.Count));
        if (!DistrictSettingsStore.AreOthersSame(before, after))
            entries.Add(AuditEntry.OfDistrict(authority, AuditAction.ChangeSettings, at));
        return entries;
    }
}
