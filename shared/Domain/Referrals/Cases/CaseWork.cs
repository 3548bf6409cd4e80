using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>What people do with a case from its page or from the worklist.</summary>
public sealed class CaseWork(
    ReferralStore referrals, ObservationStore observations, WorklistProjection projection, DistrictToday calendar, TimeProvider time)
{
    /// <summary>Takes a step. What is handed over to safeguarding becomes an urgent concern in the very commit that closes the
    /// referral.</summary>
    /// <param name="seen">The revision the person had open.</param>
    public async Task<ReferralActionResult> TakeAsync(Referral referral, CaseStep step, Authority authority, int seen, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var taker = StepTaker.Of(authority, await calendar.DateAsync(cancellationToken), seen);
        var taken = await referrals.TakeAsync(
            referral.Student, referral.Id, step, taker, cancellationToken,
            step is CaseStep.HandOver handOver ? change => RowsOf(ConcernOf(change.After, handOver, taker, now), authority) : null);
        // Whoever acted looks at the list next: it need not wait for the message.
        if (taken is ReferralActionResult.Done(var change)) await projection.ProjectAsync(change.After, cancellationToken);
        if (taken is ReferralActionResult.Done && step is CaseStep.Acknowledge && referral.NewsAt is { } news)
            Instruments.TimeToAcknowledge.Record((now - news).TotalHours, Instruments.Tag("level", referral.Level));
        return taken;
    }

    /// <summary>Acknowledges several at once; each for itself, so that one that somebody else took on stops none of the others.</summary>
    public async Task<IReadOnlyList<(Referral Referral, ReferralActionResult Result)>> AcknowledgeAsync(
        IReadOnlyList<(Referral Referral, int Seen)> picked, Func<Referral, Authority> authorityOf, CancellationToken cancellationToken)
    {
        var results = new List<(Referral, ReferralActionResult)>(picked.Count);
        foreach (var (referral, seen) in picked)
            results.Add((referral, await TakeAsync(referral, new CaseStep.Acknowledge(), authorityOf(referral), seen, cancellationToken)));
        return results;
    }

    private IEnumerable<RowChange> RowsOf(SafeguardingConcern concern, Authority authority) =>
    [
        .. observations.ConcernRows(concern),
        AuditTrail.Row(AuditEntry.OfPupil(authority, AuditAction.RaiseConcern, concern.Student, concern.School, concern.ReceivedAt, concern.Id.ToString("N"))),
    ];

    private static SafeguardingConcern ConcernOf(Referral referral, CaseStep.HandOver handOver, StepTaker taker, DateTimeOffset now) =>
        new(Guid.NewGuid(), referral.Student, referral.School, taker.Today, taker.By.Value, handOver.Text.Value, now);
}
