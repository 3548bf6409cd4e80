using Microsoft.AspNetCore.Components;
using SchoolSignal.Domain.Reports.Releases;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Pages.Reports;

/// <summary>What a report's state is called.</summary>
internal static class ReportWords
{
    public static string StateKey(this Report report) =>
        report is { State: ReportState.Computed, Hindrance: not null } ? "Reports.State.Hindered" : $"Reports.State.{report.State}";
}

/// <param name="Body">What it shows; null where there is nothing to be seen.</param>
/// <param name="Names">Of staff, by id, for who looked at it, released or withdrew it.</param>
/// <param name="MayRelease">The reader may release and withdraw reports.</param>
/// <param name="Form">Field <c>reason</c>, of withdrawing.</param>
public sealed record ReportModel(ReportView View, MarkupString? Body, IReadOnlyDictionary<string, string> Names, bool MayRelease, FormState Form, DistrictDone? Done)
{
    public Report Report => View.Report;

    public string NameOf(string id) => Names.GetValueOrDefault(id, id);
}
