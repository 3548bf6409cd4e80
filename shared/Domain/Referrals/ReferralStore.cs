using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A pupil's latest result at Watch or above, or of a pupil whose referral is open, as stored. It is written anew
/// only when it says something else (<see cref="ResultEvidence.IsSame"/>), so its as-of date is the first day it said so.</summary>
public sealed record StoredResult(ScreeningResult Result, ETag Version);

/// <summary>Screens the pupil as of an earlier day on today's ledger; null if that day cannot be screened any more.</summary>
public delegate ScreeningResult? ScreenAsOf(DateOnly day);

/// <summary>Results and referrals in the pupil's partition of table <c>pupils</c> (<see cref="ReferralRows"/>). Result,
/// referral, its history line and the message of the change are one commit.</summary>
public sealed class ReferralStore(ITableStore store, Outbox outbox, DistrictId district, PupilPartitions partitions, TimeProvider time)
{
    /// <summary>All stored results of a school. A pupil of the school who is not among them has no open referral there, so
    /// that a None for that pupil needs no read at all (<see cref="ApplyAsync(ScreeningResult, StoredResult?, ScreenAsOf, DistrictCapacity, CancellationToken)"/>).</summary>
    public async Task<IReadOnlyDictionary<StudentKey, StoredResult>> ReadSchoolResultsAsync(SchoolId school, CancellationToken cancellationToken)
    {
        var results = await PupilRows.ReadAllAsync(store, partitions, ReferralRows.ResultsOf(school), ReferralRows.ReadResult, cancellationToken);
        return results.ToDictionary(r => r.Result.Student);
    }

    /// <summary>Applies a screening, reading what is stored of the pupil first.</summary>
    public async Task<ReferralChange> ApplyAsync(
        ScreeningResult result, ScreenAsOf screenAsOf, DistrictCapacity capacity, CancellationToken cancellationToken)
    {
        if (result.NotScreenedBecause is not null) return ReferralChange.None.Instance;
        var stored = await FindResultAsync(result.School, result.Student, cancellationToken);
        var referrals = await ReadReferralsAsync(result.Student, cancellationToken);
        return await ApplyAsync(result, stored, referrals, screenAsOf, capacity, cancellationToken);
    }

    /// <summary>Applies a screening where the caller has read the school's results.</summary>
    /// <param name="stored">The pupil's stored result, or null if there is none.</param>
    public async Task<ReferralChange> ApplyAsync(
        ScreeningResult result, StoredResult? stored, ScreenAsOf screenAsOf, DistrictCapacity capacity, CancellationToken cancellationToken)
    {
        if (result.NotScreenedBecause is not null || (stored is null && result.Level == Level.None)) return ReferralChange.None.Instance;
        List<StoredReferral> referrals = stored is not null || result.IsRaised() ? await ReadReferralsAsync(result.Student, cancellationToken) : [];
        return await ApplyAsync(result, stored, referrals, screenAsOf, capacity, cancellationToken);
    }

    /// <summary>A pupil is no longer on the roll of a school. An open referral goes on to the new school; with none known it
    /// stays until a person closes it. A result without a referral is forgotten: the new school's screening makes its own.</summary>
    public async Task<ReferralChange> LeaveSchoolAsync(StudentKey student, SchoolId from, SchoolId? to, CancellationToken cancellationToken)
    {
        if (await FindResultAsync(from, student, cancellationToken) is not { } stored) return ReferralChange.None.Instance;
        var referrals = await ReadReferralsAsync(student, cancellationToken);
        if (referrals.Exists(r => r.Referral.IsOpen && r.Referral.School == from))
        {
            if (to is not { } school) return ReferralChange.None.Instance;
            return await ApplyAsync(
                stored.Result with { School = school }, await FindResultAsync(school, student, cancellationToken), referrals, _ => null,
                DistrictCapacity.Unlimited, cancellationToken);
        }
        await store.CommitAsync(
            TableName.Pupils, partitions.Of(student), [new RowChange.Delete(ReferralRows.ResultKey(from, student), stored.Version)], cancellationToken);
        return ReferralChange.None.Instance;
    }

    /// <summary>A step of a person or of the weekly cap; the audit's entry of a person's step is in the same commit.</summary>
    /// <param name="also">Rows of the pupil's partition that belong to the step; in the same commit.</param>
    public async Task<ReferralActionResult> TakeAsync(
        StudentKey student, ReferralId id, CaseStep step, StepTaker taker, CancellationToken cancellationToken,
        Func<ReferralChange.Made, IEnumerable<RowChange>>? also = null)
    {
        ArgumentNullException.ThrowIfNull(taker);
        var partition = partitions.Of(student);
        while (true)
        {
            if ((await ReadReferralsAsync(student, cancellationToken)).Find(r => r.Referral.Id == id) is not { } before)
                return new ReferralActionResult.NotFound();
            if (taker.Seen is { } seen && seen < before.Referral.Revision
                && (await ReadHistoryAsync(before.Referral, seen, cancellationToken)).Where(e => e.SurprisesReader).ToList() is { Count: > 0 } since)
                return new ReferralActionResult.ChangedMeanwhile(before.Referral, since);
            var taken = ReferralActions.Take(before.Referral, step, taker.By, taker.Today, time.GetUtcNow());
            if (taken is not ReferralActionResult.Done(var change)) return taken;
            var rows = RowsOf(change, before);
            if (taker.Authority is { } authority) rows.Add(AuditTrail.Row(AuditOf(change, authority)));
            if (also is not null) rows.AddRange(also(change));
            // Somebody was faster: what is there now is looked at again.
            if (await outbox.CommitAsync(TableName.Pupils, partition, rows, cancellationToken) is CommitResult.Committed) return taken;
        }
    }

    /// <summary>The pupil whose referral an id is, with all the pupil's referrals; null if there is no such referral.</summary>
    public async Task<(Referral Referral, PupilReferrals All)?> FindAsync(ReferralId id, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(TableName.Pupils, partitions.At(partitions.BucketOf(id.Value)), ReferralRows.IdKey(id), cancellationToken) is not { } row) return null;
        var all = await ReadPupilAsync(new StudentKey(new Guid(row.Body.Span)), cancellationToken);
        return all.All.FirstOrDefault(r => r.Id == id) is { } referral ? (referral, all) : null;
    }

    /// <summary>The verdicts given over some days, both inclusive, for evaluating rules.</summary>
    public async Task<IReadOnlyList<VerdictRecord>> ReadVerdictsAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        await PupilRows.ReadAllAsync(store, partitions, ReferralRows.VerdictsOf(from, to), ReferralRows.ReadVerdict, cancellationToken);

    public async Task<PupilReferrals> ReadPupilAsync(StudentKey student, CancellationToken cancellationToken) =>
        ToPupil(await ReadReferralsAsync(student, cancellationToken));

    public async Task<Referral?> FindAsync(StudentKey student, ReferralId id, CancellationToken cancellationToken) =>
        (await ReadPupilAsync(student, cancellationToken)).All.FirstOrDefault(r => r.Id == id);

    public async Task<StoredResult?> FindResultAsync(SchoolId school, StudentKey student, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Pupils, partitions.Of(student), ReferralRows.ResultKey(school, student), cancellationToken) is { } row
            ? ReferralRows.ReadResult(row)
            : null;

    /// <summary>The version of the pupil's stored result, or null if there is none.</summary>
    public async Task<ETag?> FindResultVersionAsync(SchoolId school, StudentKey student, CancellationToken cancellationToken) =>
        (await store.GetAsync(TableName.Pupils, partitions.Of(student), ReferralRows.ResultKey(school, student), cancellationToken))?.ETag;

    /// <summary>All lines of a referral's history, oldest first.</summary>
    public Task<IReadOnlyList<ReferralEntry>> ReadHistoryAsync(Referral referral, CancellationToken cancellationToken) =>
        ReadHistoryAsync(referral, 0, cancellationToken);

    /// <summary>The lines after a revision, oldest first.</summary>
    public async Task<IReadOnlyList<ReferralEntry>> ReadHistoryAsync(Referral referral, int after, CancellationToken cancellationToken)
    {
        var entries = new List<ReferralEntry>();
        var range = ReferralRows.HistoryAfter(referral, after);
        await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(referral.Student), range, cancellationToken))
            entries.Add(ReferralRows.ReadEntry(row));
        return entries;
    }

    /// <summary>Every open referral of the district, by reading every partition: for rebuilding what is read elsewhere.</summary>
    public async Task<IReadOnlyList<Referral>> ReadOpenAsync(CancellationToken cancellationToken)
    {
        var all = await PupilRows.ReadAllAsync(store, partitions, ReferralRows.Referrals, ReferralRows.ReadReferral, cancellationToken);
        return [.. all.Where(r => r.IsOpen)];
    }

    private async Task<ReferralChange> ApplyAsync(
        ScreeningResult result, StoredResult? stored, List<StoredReferral> referrals, ScreenAsOf screenAsOf, DistrictCapacity capacity,
        CancellationToken cancellationToken)
    {
        var partition = partitions.Of(result.Student);
        var newId = new ReferralId(partitions.Beside(result.Student));
        while (true)
        {
            var open = referrals.Find(r => r.Referral.IsOpen);
            var asOfRaised = open is not null && open.Referral.RaisedOn != result.AsOf ? screenAsOf(open.Referral.RaisedOn) : null;
            var change = ReferralDecision.Decide(ToPupil(referrals), result, asOfRaised, capacity, newId, time.GetUtcNow());
            var made = change as ReferralChange.Made;
            var changes = new List<RowChange>();
            if (ResultRow(result, stored, made?.After ?? open?.Referral, isReferralChanged: made is not null) is { } resultRow) changes.Add(resultRow);
            if (made is not null) changes.AddRange(RowsOf(made, open));
            if (made is not null && open is not null && open.Referral.School != result.School
                && await FindResultAsync(open.Referral.School, result.Student, cancellationToken) is { } left)
                changes.Add(new RowChange.Delete(ReferralRows.ResultKey(open.Referral.School, result.Student), left.Version));
            if (changes.Count == 0) return change;

            if (await outbox.CommitAsync(TableName.Pupils, partition, changes, cancellationToken) is CommitResult.Committed) return change;
            stored = await FindResultAsync(result.School, result.Student, cancellationToken);
            referrals = await ReadReferralsAsync(result.Student, cancellationToken);
        }
    }

    /// <summary>What happens to the result's row, or null. It is written with every change of a referral, so that two
    /// screenings of a pupil at once notice each other; and it stays as long as a referral is open.</summary>
    private static RowChange? ResultRow(ScreeningResult result, StoredResult? stored, Referral? referral, bool isReferralChanged)
    {
        var key = ReferralRows.ResultKey(result.School, result.Student);
        var isKept = result.Level >= Level.Watch || referral is { IsOpen: true };
        if (stored is null)
            return isKept ? new RowChange.Insert(key, ReferralRows.Body(result)) : null;
        if (!isReferralChanged && (result.AsOf < stored.Result.AsOf || (isKept && ResultEvidence.IsSame(result, stored.Result)))) return null;
        return isKept ? new RowChange.Replace(key, stored.Version, ReferralRows.Body(result)) : new RowChange.Delete(key, stored.Version);
    }

    private List<RowChange> RowsOf(ReferralChange.Made change, StoredReferral? before)
    {
        var key = ReferralRows.ReferralKey(change.After);
        var body = ReferralRows.Body(change.After);
        List<RowChange> rows =
        [
            before is null ? new RowChange.Insert(key, body) : new RowChange.Replace(key, before.Version, body),
            new RowChange.Insert(ReferralRows.HistoryKey(change.After), ReferralRows.Body(change.Entry)),
            Outbox.Row(QueueName.Referrals, ReferralChanged.Message(district, change, before?.Referral.School)),
        ];
        if (before is null) rows.Add(new RowChange.Insert(ReferralRows.IdKey(change.After.Id), change.After.Student.Value.ToByteArray()));
        if (VerdictRecord.Of(change) is { } verdict) rows.Add(new RowChange.Insert(ReferralRows.VerdictKey(verdict), ReferralRows.Body(verdict)));
        return rows;
    }

    private static AuditEntry AuditOf(ReferralChange.Made change, Authority authority) => AuditEntry.OfPupil(
        authority, change.Entry.Action is ReferralAction.LogContact or ReferralAction.AddNote or ReferralAction.PlanNext or ReferralAction.FinishNext
            ? AuditAction.WriteCase
            : AuditAction.ChangeReferral,
        change.After.Student, change.After.School, change.Entry.At, change.After.Id.ToString());

    private async Task<List<StoredReferral>> ReadReferralsAsync(StudentKey student, CancellationToken cancellationToken)
    {
        var referrals = new List<StoredReferral>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(student), ReferralRows.ReferralsOf(student), cancellationToken))
            referrals.Add(new StoredReferral(ReferralRows.ReadReferral(row), row.ETag));
        return referrals;
    }

    private static PupilReferrals ToPupil(List<StoredReferral> referrals) =>
        referrals.Count == 0 ? PupilReferrals.None : new PupilReferrals([.. referrals.Select(r => r.Referral)]);

    private sealed record StoredReferral(Referral Referral, ETag Version);
}
