using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Observations;
using SchoolSignal.Functions.SignIn;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>What is held on one pupil and who was shown it, for a family that asks. The one way an administrator sees a record: it
/// is in the audit before it is shown, and no part of a name or number stands in an address.</summary>
public sealed class SubjectAccessPages(
    PupilSearch search, SchoolRegistry registry, SubjectAccess access, AuditDesk audit, Observers observers, StaffStore staff, PupilReferences references, Gate gate,
    PageRenderer pages)
{
    /// <summary>In characters, inclusive.</summary>
    private const int LongestName = 60;

    [Function("SubjectAccessPage")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "district/subject-access")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.SubjectAccess, AccessSubject.Of(null), cancellationToken);
        return admission.Refusal ?? await ShowSearchAsync(request, admission.Caller, FormState.Of(new Dictionary<string, string>()), null, cancellationToken);
    }

    [Function("FindSubject")]
    public async Task<IResult> Find(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/subject-access")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.SubjectAccess, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        var form = new DistrictForm(await request.ReadFormAsync(cancellationToken));
        var name = form.Required("name", LongestName);
        if (!SchoolId.TryParse(form.Text("school"), out var school)) form.Fail("school", "District.Error.Missing");
        IReadOnlyList<PupilFound>? found = form.HasErrors
            ? null
            : [.. (await search.FindAsync(admission.Authority, school, name, cancellationToken)).Select(pupil => Found(pupil, admission.Caller))];
        return await ShowSearchAsync(request, admission.Caller, form.Back(new Dictionary<string, string>()), found, cancellationToken);
    }

    [Function("SubjectRecordPage")]
    public async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/subject-access/record")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.SubjectAccess, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        if (await RecordAsync(request, admission, cancellationToken) is not var (record, reference)) return await GoneAsync(request, admission.Caller, cancellationToken);
        var model = new SubjectRecordModel(record, await audit.NameAsync(record.Audit, cancellationToken), await NamesAsync(record, cancellationToken), reference);
        return await pages.RenderAsync<SubjectRecordPage, SubjectRecordModel>(request, admission.Caller, model, cancellationToken);
    }

    [Function("SubjectRecordFile")]
    public async Task<IResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "district/subject-access/file")] HttpRequest request, CancellationToken cancellationToken)
    {
        var admission = await gate.AskAsync(request, AccessAction.SubjectAccess, AccessSubject.Of(null), cancellationToken);
        if (admission.Refusal is { } refused) return refused;
        if (await pages.RefuseFormAsync(request, admission.Caller, cancellationToken) is { } notOurs) return notOurs;
        if (await RecordAsync(request, admission, cancellationToken) is not var (record, _)) return await GoneAsync(request, admission.Caller, cancellationToken);
        using var content = new MemoryStream();
        await using (var json = new Utf8JsonWriter(content, JsonOutput.Indented)) SubjectRecordJson.Write(json, record);
        SecureHeaders.Set(request.HttpContext.Response.Headers);
        // The file's name says nothing either: it stays in histories and on desks.
        return Results.File(content.ToArray(), "application/json", "subject-access.json");
    }

    private async Task<(SubjectRecord Record, string Reference)?> RecordAsync(HttpRequest request, Admission admission, CancellationToken cancellationToken)
    {
        var reference = (await request.ReadFormAsync(cancellationToken))["pupil"].ToString();
        return references.TryRead(reference, admission.Caller, FormStep.SubjectAccess, out var read)
            && await access.ReadAsync(admission.Authority, read.Student, cancellationToken) is { } record
            ? (record, reference)
            : null;
    }

    private PupilFound Found(FoundPupil pupil, Caller caller) => new(
        references.Of(new FormReference(pupil.Student, Guid.Empty), caller, FormStep.SubjectAccess), pupil.Name, pupil.Grade);

    private async Task<IResult> ShowSearchAsync(
        HttpRequest request, Caller caller, FormState form, IReadOnlyList<PupilFound>? found, CancellationToken cancellationToken) =>
        await pages.RenderAsync<SubjectAccessPage, SubjectAccessModel>(
            request, caller, new SubjectAccessModel(await registry.AllAsync(cancellationToken), form, found), cancellationToken,
            form.HasErrors ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);

    private Task<IResult> GoneAsync(HttpRequest request, Caller caller, CancellationToken cancellationToken) =>
        pages.RenderNoticeAsync(request, caller, "Common.NotFound", StatusCodes.Status404NotFound, cancellationToken);

    /// <summary>Of the staff who filled in forms and worked on referrals, by id; somebody who is not on the staff stands by id.</summary>
    private async Task<IReadOnlyDictionary<string, string>> NamesAsync(SubjectRecord record, CancellationToken cancellationToken)
    {
        var names = new StaffNames(staff);
        var known = new Dictionary<string, string>();
        var ids = record.Observations.Select(form => form.Observation.Observer)
            .Concat(record.Concerns.Select(concern => concern.Observer).OfType<string>())
            .Concat(record.Referrals.SelectMany(referral => referral.History).Select(entry => entry.By.Value))
            .Concat(record.Told.Where(told => told.Roles.Count > 0).Select(told => told.Notification.Recipient));
        foreach (var id in ids.Distinct())
            if (await names.OfAsync(new Actor(await observers.OfAsync(id, cancellationToken)), cancellationToken) is { } name) known[id] = name;
        return known;
    }
}
