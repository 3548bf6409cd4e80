using System.Globalization;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages.District;

/// <param name="Settings">As stored.</param>
/// <param name="Languages">To choose the district's from.</param>
/// <param name="Form">Every field of the page's forms; of one that came back as typed.</param>
public sealed record SettingsModel(
    DistrictSettings Settings, IReadOnlyList<CultureInfo> Languages, FormState Form, DistrictDone? Done)
{
    /// <summary>Monday first.</summary>
    public static IReadOnlyList<DayOfWeek> Days { get; } = [.. Enumerable.Range(1, 7).Select(day => (DayOfWeek)(day % 7))];

    public int OptOuts => Settings.OptOuts.Count + Settings.UnresolvedOptOuts.Count;
}
