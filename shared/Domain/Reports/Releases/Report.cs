using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Reports.Measures;

namespace SchoolSignal.Domain.Reports.Releases;

/// <summary>How a district's reports are kept from giving anybody away.</summary>
public enum ReportMode
{
    /// <summary>Small numbers are hidden, and what would give them away.</summary>
    Hide,
    /// <summary>Every number has a little chance added to it.</summary>
    Noise,
}

/// <summary>Why counts were not made into a report. Nothing of them was published then.</summary>
public enum ReportHindrance
{
    /// <summary>The year's budget for chance did not reach. Nothing was spent.</summary>
    BudgetSpent,
    /// <summary>No proof that its numbers give nobody away, beside what is published already and in the time there is.</summary>
    NotProtected,
}

/// <summary>Who did something to a report, and when.</summary>
/// <param name="By">A staff id, or the name of the part of the system.</param>
public sealed record ReportStep(ReportAction Action, string By, DateTimeOffset At);

/// <summary>A report as it is listed: where it stands and how it came about. Its numbers lie in the archive.</summary>
/// <param name="CountsHash">Of what was counted: a later count that finds the same makes no revision.</param>
/// <param name="Basis">How many reports had been published when it was protected. If there are more by now, it is protected anew
/// before it may be released.</param>
/// <param name="Published">The place in the order of publication, from 1; null if it was never published.</param>
/// <param name="Shown">Numbers shown.</param>
/// <param name="Hidden">Numbers hidden.</param>
/// <param name="Changed">Numbers that are shown otherwise than in the revision before; null for a first one.</param>
/// <param name="Reason">Why it was withdrawn, as typed.</param>
public sealed record Report(
    string Key, ReportState State, DateTimeOffset ComputedAt, ReportMode Mode, string CountsHash, int Basis, int? Published,
    int Shown, int Hidden, int? Changed, string? Reason, IReadOnlyList<ReportStep> Steps)
{
    /// <summary>Why there is nothing to be looked at; null where there is.</summary>
    public ReportHindrance? Hindrance { get; init; }

    /// <summary>The most characters of a reason.</summary>
    public const int MaxReason = 500;

    [JsonIgnore]
    public ReportId Id => ReportId.Parse(Key);

    [JsonIgnore]
    public ReportPeriod Period => Id.Period;

    /// <summary>When it was released; null if it never was.</summary>
    [JsonIgnore]
    public DateTimeOffset? ReleasedAt => Steps.LastOrDefault(s => s.Action == ReportAction.Release)?.At;

    /// <summary>Null if the step is not permitted.</summary>
    public Report? With(ReportStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return ReportStates.Next(State, step.Action) is { } next ? this with { State = next, Steps = [.. Steps, step] } : null;
    }
}

/// <summary>A report with its row's version.</summary>
public sealed record StoredReport(Report Report, ETag Version);

/// <summary>The reports published so far, in order. One row, changed by every release, so that of two at once one notices.</summary>
internal sealed record PublishedReports(IReadOnlyList<string> Keys)
{
    public static PublishedReports None { get; } = new([]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(PublishedReports))]
internal sealed partial class ReportJson : JsonSerializerContext;
