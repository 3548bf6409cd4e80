using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>What the district decides for itself: legal basis, opt-outs, capacity, name, language and time zone.</summary>
public sealed class SettingsPages(
    DistrictSettingsStore settings, NotificationSettingsStore notifications, DistrictChanges changes, PageCultures cultures, Gate gate,
    PageRenderer pages)
{
    private const string Address = "/district/settings";

    [Function("SettingsPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/settings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ReadSettings, AccessSubject.Of(null), cancellationToken);
        return admission.Refusal ?? await ShowAsync(request, admission.Caller, null, cancellationToken);
    }

    [Function("SaveSettingsPage")]
    public async Task<IResult> Save(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/settings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.ChangeSettings, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        var done = form.Text("part") switch
        {
            "basis" => await SaveBasisAsync(form, admission.Authority, cancellationToken),
            "opt-out" => await SaveOptOutAsync(form, admission.Authority, cancellationToken),
            "capacity" => await SaveCapacityAsync(form, admission.Authority, cancellationToken),
            "notifications" => await SaveNotificationsAsync(form, admission.Authority, cancellationToken),
            "audit" => await SaveAuditAsync(form, admission.Authority, cancellationToken),
            "profile" => await SaveProfileAsync(form, admission.Authority, cancellationToken),
            _ => null,
        };
        return done is { } one ? DistrictForm.After(Address, one) : await ShowAsync(request, admission.Caller, form, cancellationToken);
    }

    private async Task<DistrictDone?> SaveBasisAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        LegalBasis? basis = null;
        if (Enum.TryParse<LegalBasisKind>(form.Text("basis-kind"), out var kind) && Enum.IsDefined(kind))
            basis = new LegalBasis(kind, form.Required("basis-text", LegalBasis.MaxText));
        if (form.HasErrors) return null;
        await changes.SetLegalBasisAsync(basis, authority, cancellationToken);
        return DistrictDone.Saved;
    }

    private async Task<DistrictDone?> SaveOptOutAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        if (!StudentUniqueId.TryParse(form.Text("student"), out var student))
        {
            form.Fail("student", "District.Error.Student");
            return null;
        }
        return await changes.SetOptOutAsync(student, form.Text("opted-out") == "true", authority, cancellationToken) switch
        {
            OptOutOutcome.Set => DistrictDone.OptOutSet,
            OptOutOutcome.Withdrawn => DistrictDone.OptOutWithdrawn,
            OptOutOutcome.Unchanged => DistrictDone.OptOutUnchanged,
            OptOutOutcome.SetForLater => DistrictDone.OptOutSetForLater,
            OptOutOutcome.TooMany => DistrictDone.OptOutTooMany,
            _ => throw new InvalidOperationException("An outcome of an opt-out is not handled."),
        };
    }

    private async Task<DistrictDone?> SaveCapacityAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        form.Required("escalate-after", 2);
        form.Required("stale-after", 2);
        var cap = form.Number("weekly-cap", 0, 100);
        var counsellors = ReadCounsellors(form);
        if (form.Number("escalate-after", 1, 20) is not { } escalate || form.Number("stale-after", 1, 60) is not { } stale || form.HasErrors) return null;
        await changes.SetCapacityAsync(cap, counsellors, stale, authority, cancellationToken);
        await changes.SetEscalationAsync(escalate, authority, cancellationToken);
        return DistrictDone.Saved;
    }

    /// <summary>A line is a school and its counsellors: <c>255901001: 2</c>. The last colon parts them.</summary>
    private static Dictionary<SchoolId, int> ReadCounsellors(DistrictForm form)
    {
        var counsellors = new Dictionary<SchoolId, int>();
        foreach (var line in form.Lines("counsellors", 30_000))
        {
            var at = line.LastIndexOf(':');
            if (at > 0 && SchoolId.TryParse(line[..at].Trim(), out var school)
                && int.TryParse(line[(at + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= DistrictCapacity.MaxCounsellors)
                counsellors[school] = count;
            else form.Fail("counsellors", "District.Error.Counsellors", line);
        }
        return counsellors;
    }

    private async Task<DistrictDone?> SaveNotificationsAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        var (from, to) = (form.Time("quiet-from"), form.Time("quiet-to"));
        DayOfWeek? digest = Enum.TryParse<DayOfWeek>(form.Text("digest-day"), out var day) && Enum.IsDefined(day) ? day : null;
        if (from is not { } quietFrom || to is not { } quietTo) return null;
        await changes.ChangeNotificationsAsync(
            before => before with
            {
                QuietFrom = quietFrom,
                QuietTo = quietTo,
                DigestDay = digest,
                UsesTeams = form.Text("teams") == "true",
                UsesToDo = form.Text("to-do") == "true",
            },
            authority, cancellationToken);
        return DistrictDone.Saved;
    }

    private async Task<DistrictDone?> SaveAuditAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        var months = form.Number("audit-months", DistrictSettings.MinAuditMonths, DistrictSettings.MaxAuditMonths);
        if (form.HasErrors) return null;
        await changes.SetAuditMonthsAsync(months, authority, cancellationToken);
        return DistrictDone.Saved;
    }

    private async Task<DistrictDone?> SaveProfileAsync(DistrictForm form, Authority authority, CancellationToken cancellationToken)
    {
        var name = form.Text("district-name", DistrictProfile.MaxName);
        var zone = form.Text("time-zone", 60);
        if (zone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) form.Fail("time-zone", "District.Error.TimeZone");
        if (form.HasErrors) return null;
        var profile = new DistrictProfile(name.Length == 0 ? null : name, cultures.Find(form.Text("language"))?.Name, zone.Length == 0 ? null : zone);
        await changes.SetProfileAsync(profile, authority, cancellationToken);
        return DistrictDone.Saved;
    }

    private async Task<IResult> ShowAsync(HttpRequest request, Caller caller, DistrictForm? form, CancellationToken cancellationToken)
    {
        var stored = (await settings.ReadAsync(cancellationToken)).Settings;
        var values = ValuesOf(stored, (await notifications.ReadAsync(cancellationToken)).Settings);
        var model = new SettingsModel(stored, cultures.All, form?.Back(values) ?? FormState.Of(values), form is null ? DistrictForm.DoneOf(request) : null);
        return await pages.RenderAsync<SettingsPage, SettingsModel>(
            request, caller, model, cancellationToken, form is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static Dictionary<string, string> ValuesOf(DistrictSettings stored, NotificationSettings notifications) => new()
    {
        ["basis-kind"] = stored.LegalBasis?.Kind.ToString() ?? "",
        ["basis-text"] = stored.LegalBasis?.Text ?? "",
        ["weekly-cap"] = stored.Capacity.RoutinePerCounsellorAndWeek?.ToString(CultureInfo.InvariantCulture) ?? "",
        ["escalate-after"] = notifications.EscalateAfterSchoolDays.ToString(CultureInfo.InvariantCulture),
        ["counsellors"] = string.Join('\n', stored.Capacity.Counsellors.OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value}"))),
        ["quiet-from"] = notifications.QuietFrom.ToString("HH:mm", CultureInfo.InvariantCulture),
        ["quiet-to"] = notifications.QuietTo.ToString("HH:mm", CultureInfo.InvariantCulture),
        ["digest-day"] = notifications.DigestDay?.ToString() ?? "",
        ["teams"] = notifications.UsesTeams ? "true" : "",
        ["to-do"] = notifications.UsesToDo ? "true" : "",
        ["audit-months"] = stored.AuditMonths?.ToString(CultureInfo.InvariantCulture) ?? "",
        ["stale-after"] = stored.Thresholds.StaleFeedSchoolDays.ToString(CultureInfo.InvariantCulture),
        ["district-name"] = stored.Profile.Name ?? "",
        ["language"] = stored.Profile.Language ?? PageCultures.English.Name,
        ["time-zone"] = stored.Profile.TimeZone ?? "",
    };
}
