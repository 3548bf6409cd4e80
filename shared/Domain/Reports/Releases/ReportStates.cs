namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>Where a report stands.</summary>
public enum ReportState
{
    /// <summary>Counted and protected; no person has looked at it.</summary>
    Computed,
    /// <summary>An administrator has looked at it as it would be published.</summary>
    Previewed,
    /// <summary>Published by a person. Its numbers never change; a correction is another revision.</summary>
    Released,
    /// <summary>Taken back, before or after its release, with a reason. What was once published stays part of what every later report is
    /// protected against.</summary>
    Withdrawn,
}

/// <summary>What is done with a report.</summary>
public enum ReportAction
{
    Preview,
    Release,
    Withdraw,
    /// <summary>Protected anew: another report was published since, or the counts were counted again.</summary>
    Protect,
}

/// <summary>The state machine of reports; docs/report-states.md says the same. A step that is not here is refused.</summary>
public static class ReportStates
{
    public static IReadOnlyList<(ReportState From, ReportAction Action, ReportState To)> Steps { get; } =
    [
        (ReportState.Computed, ReportAction.Preview, ReportState.Previewed),
        (ReportState.Computed, ReportAction.Protect, ReportState.Computed),
        (ReportState.Computed, ReportAction.Withdraw, ReportState.Withdrawn),
        (ReportState.Previewed, ReportAction.Preview, ReportState.Previewed),
        (ReportState.Previewed, ReportAction.Protect, ReportState.Computed),
        (ReportState.Previewed, ReportAction.Release, ReportState.Released),
        (ReportState.Previewed, ReportAction.Withdraw, ReportState.Withdrawn),
        (ReportState.Released, ReportAction.Withdraw, ReportState.Withdrawn),
    ];

    /// <summary>The state a step leads to; null if it is not permitted.</summary>
    public static ReportState? Next(ReportState from, ReportAction action)
    {
        foreach (var step in Steps)
            if (step.From == from && step.Action == action) return step.To;
        return null;
    }
}
