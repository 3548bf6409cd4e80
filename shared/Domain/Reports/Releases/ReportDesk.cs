using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>What became of a person's step with a report.</summary>
public enum ReportStepResult
{
    Done,
    NotFound,
    /// <summary>Somebody did something else with it before.</summary>
    NotPermitted,
    /// <summary>Another report was published since it was protected: it was protected anew, and is to be looked at again.</summary>
    ProtectedAnew,
    /// <summary>There is nothing to be looked at or released: the report's <see cref="Report.Hindrance"/> says why.</summary>
    Hindered,
}

/// <summary>What administrators do with reports, each step with its audit entry in one commit.</summary>
public sealed class ReportDesk(ReportStore reports, ReportDrafts drafts, Outbox outbox, TimeProvider time)
{
    /// <summary>Looks at it as it would be published.</summary>
    public Task<ReportStepResult> PreviewAsync(ReportId id, Authority authority, CancellationToken cancellationToken) =>
        TakeAsync(id, ReportAction.Preview, authority, null, cancellationToken);

    /// <summary>Publishes it. Its numbers stand from then on.</summary>
    public Task<ReportStepResult> ReleaseAsync(ReportId id, Authority authority, CancellationToken cancellationToken) =>
        TakeAsync(id, ReportAction.Release, authority, null, cancellationToken);

    /// <param name="reason">As typed, 1 to <see cref="Report.MaxReason"/> characters.</param>
    public Task<ReportStepResult> WithdrawAsync(ReportId id, string reason, Authority authority, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > Report.MaxReason) throw new ArgumentException("A report is withdrawn with a reason.", nameof(reason));
        return TakeAsync(id, ReportAction.Withdraw, authority, reason, cancellationToken);
    }

    private async Task<ReportStepResult> TakeAsync(ReportId id, ReportAction action, Authority authority, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(authority);
        while (true)
        {
            if (await reports.FindAsync(id, cancellationToken) is not { } stored) return ReportStepResult.NotFound;
            var (published, version) = await reports.PublishedAsync(cancellationToken);
            if (stored.Report.With(new ReportStep(action, authority.Who.Id, time.GetUtcNow())) is not { } after) return ReportStepResult.NotPermitted;
            // What has been published since could give away what this one hides.
            if (action is ReportAction.Preview or ReportAction.Release && (stored.Report.Hindrance is not null || stored.Report.Basis != published.Keys.Count))
            {
                var anew = await drafts.ProtectAnewAsync(stored.Report, cancellationToken);
                if (!await reports.CommitAsync([ReportStore.Write(anew, stored.Version)], cancellationToken)) continue;
                if (anew.Hindrance is not null) return ReportStepResult.Hindered;
                if (action == ReportAction.Release) return ReportStepResult.ProtectedAnew;
                continue;
            }
            var changes = new List<RowChange>();
            if (action == ReportAction.Release)
            {
                after = after with { Published = published.Keys.Count + 1 };
                changes.Add(ReportStore.Write(new PublishedReports([.. published.Keys, after.Key]), version));
            }
            changes.Add(ReportStore.Write(after with { Reason = reason ?? after.Reason }, stored.Version));
            changes.Add(AuditTrail.Row(AuditEntry.OfDistrict(authority, ActionOf(action), time.GetUtcNow()) with { Reference = after.Key }));
            if (!await reports.CommitAsync(changes, cancellationToken)) continue;
            await outbox.RelayAsync(TableName.Reports, reports.Partition, cancellationToken);
            return ReportStepResult.Done;
        }
    }

    private static AuditAction ActionOf(ReportAction action) => action switch
    {
        ReportAction.Preview => AuditAction.PreviewReport,
        ReportAction.Release => AuditAction.ReleaseReport,
        ReportAction.Withdraw => AuditAction.WithdrawReport,
        _ => throw new InvalidOperationException("A step of a person with a report is not handled."),
    };
}
