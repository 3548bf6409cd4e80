using System.Text.Json;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.District;

/// <summary>Writes everything held on a pupil as docs/data-dictionary.md, "Outputs", has it.</summary>
internal static class SubjectRecordJson
{
    public static void Write(Utf8JsonWriter json, SubjectRecord record)
    {
        json.WriteStartObject();
        json.WriteString("studentUniqueId", record.Identity.UniqueId.Value);
        json.WriteString("givenName", record.Identity.GivenName);
        json.WriteString("familyName", record.Identity.FamilyName);
        json.WriteBoolean("optedOut", record.IsOptedOut);
        json.Array("enrollments", record.Profile.Enrollments, enrollment =>
        {
            json.WriteString("schoolId", enrollment.School.Value);
            json.WriteString("grade", enrollment.Grade);
            json.Text("entry", enrollment.Entry);
            json.Text("exit", enrollment.Exit);
        });
        json.Array("attendance", record.Attendance, year => WriteYear(json, year));
        json.Array("observations", record.Observations, form => WriteForm(json, form));
        json.Array("safeguardingConcerns", record.Concerns, concern =>
        {
            json.Text("date", concern.Date);
            json.WriteString("schoolId", concern.School?.Value);
            json.WriteString("observer", concern.Observer);
            json.WriteString("note", concern.Note);
            json.WriteString("receivedAt", concern.ReceivedAt);
        });
        json.Array("results", record.Results, result => WriteResult(json, result));
        json.Array("referrals", record.Referrals, referral => WriteReferral(json, referral));
        json.Array("notifications", record.Told, told =>
        {
            json.WriteString("about", told.Notification.Subject.Kind);
            json.WriteString("reference", told.Notification.Subject.Reference);
            json.WriteString("purpose", JsonOutput.Camel(told.Notification.Purpose));
            json.WriteString("to", told.Notification.Recipient);
            json.WriteStartArray("roles");
            foreach (var role in told.Roles.Order()) json.WriteStringValue(JsonOutput.Camel(role));
            json.WriteEndArray();
            json.WriteString("channel", JsonOutput.Camel(told.Notification.Channel));
            json.WriteString("state", JsonOutput.Camel(told.Notification.State));
            json.WriteString("plannedAt", told.Notification.PlannedAt);
            json.Moment("lastSendAt", told.Notification.LastSendAt);
        });
        json.Array("disclosures", [.. record.Audit.Where(e => e.Action.IsRead())], entry => WriteAudit(json, entry));
        json.Array("changes", [.. record.Audit.Where(e => !e.Action.IsRead())], entry => WriteAudit(json, entry));
        json.WriteEndObject();
    }

    /// <summary>Who by role and id, when and why. Other pupils of the same list are not named.</summary>
    private static void WriteAudit(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteString("at", entry.At);
        json.WriteString("by", entry.Who.Id);
        json.WriteBoolean("system", entry.Who.IsSystem);
        json.WriteStartArray("roles");
        foreach (var role in entry.Roles) json.WriteStringValue(JsonOutput.Camel(role));
        json.WriteEndArray();
        json.WriteString("action", JsonOutput.Camel(entry.Action));
        json.WriteString("reason", entry.Reason is { } reason ? JsonOutput.Camel(reason) : null);
        json.WriteString("purpose", entry.Purpose is { } purpose ? JsonOutput.Camel(purpose) : null);
        json.WriteString("schoolId", entry.School?.Value);
        json.WriteString("reference", entry.Reference);
        json.WriteString("through", entry.Through);
    }

    private static void WriteYear(Utf8JsonWriter json, PupilYear year)
    {
        json.WriteString("schoolId", year.School.Value);
        json.WriteString("schoolYear", year.Year.Label);
        json.Array("marks", year.Marks, mark =>
        {
            json.Text("date", mark.Date);
            json.WriteString("session", JsonOutput.Camel(mark.Session));
            WriteMark(json, mark.Mark, mark.Feed.Value);
        });
        json.Array("sectionEvents", year.Sections, section =>
        {
            json.Text("date", section.Date);
            json.WriteString("section", section.Section);
            WriteMark(json, section.Mark, section.Feed.Value);
        });
    }

    private static void WriteMark(Utf8JsonWriter json, Mark mark, string feed)
    {
        json.WriteString("category", JsonOutput.Camel(mark.Category));
        json.WriteString("reason", JsonOutput.Camel(mark.Reason));
        json.WriteString("feedId", feed);
    }

    private static void WriteForm(Utf8JsonWriter json, StoredObservation stored)
    {
        var form = stored.Observation;
        json.Text("date", form.Date);
        json.WriteString("schoolId", form.School.Value);
        json.WriteString("observer", form.Observer);
        WriteItems(json, form.Items);
        json.WriteString("note", stored.Note);
        json.Moment("submittedAt", stored.SubmittedAt);
        json.WriteNumber("revision", stored.Revision);
        json.Moment("withdrawnAt", stored.WithdrawnAt);
        json.Array("earlier", stored.Earlier, before =>
        {
            json.WriteNumber("revision", before.Revision);
            WriteItems(json, before.Items);
            json.WriteString("note", before.Note);
        });
    }

    private static void WriteItems(Utf8JsonWriter json, IReadOnlyList<byte?> items)
    {
        json.WriteStartObject("items");
        for (var number = 1; number <= items.Count; number++) json.Number($"{number}", items[number - 1]);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ScreeningResult result)
    {
        json.WriteString("schoolId", result.School.Value);
        json.Text("asOf", result.AsOf);
        json.WriteString("level", result.Level.ToString());
        json.WriteNumber("priority", result.Priority);
        json.WriteString("ruleSetVersion", result.RuleSetVersion);
        json.Triggers("triggers", result.Triggers);
        json.Triggers("protective", result.Protective);
        json.WriteNumber("completeness", result.Completeness);
    }

    private static void WriteReferral(Utf8JsonWriter json, ReferralRecord record)
    {
        var referral = record.Referral;
        json.WriteString("referralId", referral.Id.ToString());
        json.WriteString("schoolId", referral.School.Value);
        json.WriteString("state", referral.State.ToString());
        json.WriteString("level", referral.Level.ToString());
        json.WriteString("verdict", referral.Verdict?.ToString());
        json.Text("openedOn", referral.OpenedOn);
        json.Text("raisedOn", referral.RaisedOn);
        json.Text("closedOn", referral.ClosedOn);
        json.WriteBoolean("groundRemoved", referral.GroundRemoved);
        json.WriteBoolean("waiting", referral.Waiting);
        json.Triggers("triggers", referral.Evidence.Triggers);
        json.Triggers("protective", referral.Evidence.Protective);
        json.Array("history", record.History, entry =>
        {
            json.WriteString("at", entry.At);
            json.Text("on", entry.On);
            json.WriteString("by", entry.By.Value);
            json.WriteString("action", entry.Action.ToString());
            json.WriteString("state", entry.State.ToString());
            json.WriteString("level", entry.Level.ToString());
            json.WriteString("schoolId", entry.School.Value);
            json.WriteString("verdict", entry.Verdict?.ToString());
            json.WriteString("words", entry.Step?.Words?.Value);
            json.WriteStartArray("rules");
            foreach (var rule in entry.Rules) json.WriteStringValue(rule);
            json.WriteEndArray();
        });
    }
}
