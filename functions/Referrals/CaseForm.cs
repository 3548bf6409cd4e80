using System.Globalization;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Pages.Referrals;

namespace SchoolSignal.Functions.Referrals;

/// <summary>Reads the form of a case's step. Only the fields named here count; anything else that is sent is nothing.</summary>
internal static class CaseForm
{
    /// <returns>The step, or what is missing or wrong in the form.</returns>
    public static (CaseStep? Step, CaseProblem? Problem) Read(string step, IFormCollection fields)
    {
        // Words that may stay empty must still not be too long.
        var typed = fields["text"].ToString();
        CaseText? words = CaseText.TryParse(typed, out var text) ? text : null;
        var isTooLong = words is null && typed.Length > CaseText.MaxLength;
        var isRestricted = fields.ContainsKey("restricted");
        return step switch
        {
            _ when isTooLong => (null, new CaseProblem.Text()),
            Steps.Acknowledge => (new CaseStep.Acknowledge(), null),
            Steps.Finish => (new CaseStep.FinishNext(), null),
            Steps.Wake => (new CaseStep.Wake(), null),
            Steps.Start => (new CaseStep.Start(words), null),
            Steps.Assign => StaffId.TryParse(fields["to"].ToString(), out var to) ? (new CaseStep.Assign(new Actor(to.Value)), null) : (null, new CaseProblem.Choice()),
            Steps.Note => words is { } note ? (new CaseStep.AddNote(note, isRestricted), null) : (null, new CaseProblem.Text()),
            Steps.HandOver => words is { } told ? (new CaseStep.HandOver(told), null) : (null, new CaseProblem.Text()),
            Steps.Contact => (WorklistQuery.Choice<ContactKind>(fields["with"]), WorklistQuery.Choice<ContactOutcome>(fields["outcome"]), Day(fields["on"])) switch
            {
                ({ } with, { } outcome, { } on) => (new CaseStep.LogContact(with, on, outcome, words, isRestricted), null),
                (_, _, null) => (null, new CaseProblem.DayMissing()),
                _ => (null, new CaseProblem.Choice()),
            },
            Steps.Plan => (WorklistQuery.Choice<NextStepKind>(fields["what"]), Day(fields["due"])) switch
            {
                ({ } what, { } due) => (new CaseStep.PlanNext(what, due, words), null),
                (_, null) => (null, new CaseProblem.DayMissing()),
                _ => (null, new CaseProblem.Choice()),
            },
            Steps.Snooze => (words, Day(fields["until"])) switch
            {
                ({ } reason, { } until) => (new CaseStep.Snooze(until, reason), null),
                (_, null) => (null, new CaseProblem.DayMissing()),
                _ => (null, new CaseProblem.Text()),
            },
            Steps.Close => WorklistQuery.Choice<Verdict>(fields["verdict"]) is { } verdict and not Verdict.HandedToSafeguarding
                ? (new CaseStep.Close(verdict, words), null)
                : (null, new CaseProblem.Choice()),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
    }

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
