using SchoolSignal.Pages.District;

namespace SchoolSignal.Pages.Reports;

/// <param name="Form">Fields <c>mode</c>, <c>threshold</c>, <c>epsilon</c> and <c>yearly</c>.</param>
public sealed record ReportSettingsModel(FormState Form, DistrictDone? Done);
