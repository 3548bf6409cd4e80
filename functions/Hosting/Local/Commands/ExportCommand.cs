using System.CommandLine;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>export</c>: everything held on one pupil, for a subject access request.</summary>
internal static class ExportCommand
{
    public static Command Create(CommonOptions common)
    {
        var student = ExplainCommand.StudentArgument();
        var command = new Command("export", "Write everything held on a pupil to stdout as JSON (subject access).") { student };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(student)!.Value, cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(CommandContext context, StudentUniqueId student, CancellationToken cancellationToken)
    {
        var directory = context.Get<StudentDirectory>();
        if (await directory.FindAsync(student, cancellationToken) is not { } key
            || await directory.IdentifyAsync(key, cancellationToken) is not { } identity)
            return context.Refuse("No pupil of this district has that id.");

        var profile = await context.Get<Enrollments>().FindAsync(key, cancellationToken) ?? StudentProfile.Empty;
        var (forms, concerns) = await context.Get<ObservationStore>().ReadPupilAsync(key, cancellationToken);
        var referrals = await context.Get<ReferralStore>().ReadPupilAsync(key, cancellationToken);
        JsonOutput.Document(context.Output, json =>
        {
            json.WriteStartObject();
            json.WriteString("studentUniqueId", identity.UniqueId.Value);
            json.WriteString("givenName", identity.GivenName);
            json.WriteString("familyName", identity.FamilyName);
            json.WriteStartArray("enrollments");
            foreach (var enrollment in profile.Enrollments)
            {
                json.WriteStartObject();
                json.WriteString("schoolId", enrollment.School.Value);
                json.WriteString("grade", enrollment.Grade);
                json.Text("entry", enrollment.Entry);
                json.Text("exit", enrollment.Exit);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("observations");
            foreach (var (form, note) in forms)
            {
                json.WriteStartObject();
                json.Text("date", form.Date);
                json.WriteString("schoolId", form.School.Value);
                json.WriteString("observer", form.Observer);
                json.WriteStartArray("items");
                foreach (var item in form.Items)
                    if (item is { } answer) json.WriteNumberValue(answer);
                    else json.WriteNullValue();
                json.WriteEndArray();
                json.WriteString("note", note);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("safeguardingConcerns", concerns.Count);
            json.WriteStartArray("referrals");
            foreach (var referral in referrals.All)
            {
                json.WriteStartObject();
                json.WriteString("referralId", referral.Id.ToString());
                json.WriteString("state", referral.State.ToString());
                json.WriteString("level", referral.Level.ToString());
                json.Text("openedOn", referral.OpenedOn);
                json.Text("closedOn", referral.ClosedOn);
                json.Triggers("triggers", referral.Evidence.Triggers);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return ExitCode.Done;
    }
}
