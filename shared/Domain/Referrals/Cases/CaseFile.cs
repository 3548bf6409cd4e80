using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals.Cases;

/// <summary>A line of a case's history as somebody may read it.</summary>
/// <param name="Entry">Without the step's words where they are withheld.</param>
/// <param name="By">As colleagues know the person; null for the system and for somebody whose row is gone.</param>
/// <param name="To">Whom it was given to, for an assignment.</param>
/// <param name="IsWithheld">There are words, restricted to those who work on the case.</param>
public sealed record CaseLine(ReferralEntry Entry, string? By, string? To, bool IsWithheld);

/// <summary>A teacher's form on the pupil.</summary>
/// <param name="Observer">As colleagues know the person, or null.</param>
/// <param name="IsNoteWithheld">There is a note, restricted to those who work on the case.</param>
public sealed record CaseForm(Observation Observation, string? Observer, string? Note, bool IsNoteWithheld);

/// <summary>An action, and absence before and after it.</summary>
public sealed record CaseChange(ReferralEntry Entry, AttendanceChange Change);

/// <summary>How far a school's register can be relied on.</summary>
/// <param name="CoveredThrough">The newest day the school's feeds cover; null before the first.</param>
/// <param name="SchoolDaysSince">School days after that day, today included.</param>
/// <param name="IsStale">So many that attendance rules rest.</param>
public sealed record RegisterFreshness(DateOnly? CoveredThrough, int SchoolDaysSince, bool IsStale);

/// <summary>Everything of a referral that somebody may see.</summary>
/// <param name="Days">The pupil's school days of the years the page shows, over all enrolments.</param>
/// <param name="Forms">Oldest first; withdrawn ones are not among them.</param>
/// <param name="History">Oldest first.</param>
/// <param name="Earlier">The pupil's other referrals, newest first.</param>
/// <param name="Changes">Since contacts and the begin of support, the latest first.</param>
/// <param name="Counsellors">Whom it can be given to.</param>
/// <param name="Assignee">Whose case it is.</param>
/// <param name="Latest">What the latest screening says, if it is kept.</param>
public sealed record CaseFile(
    Referral Referral, string Name, StudentProfile Profile, IReadOnlyList<CaseReason> Reasons, IReadOnlyList<CaseReason> Strengths,
    IReadOnlyList<AttendanceDay> Days, RegisterFreshness Freshness, IReadOnlyList<CaseForm> Forms, IReadOnlyList<CaseLine> History,
    IReadOnlyList<Referral> Earlier, IReadOnlyList<CaseChange> Changes, IReadOnlyList<StaffMember> Counsellors, string? Assignee,
    ScreeningResult? Latest, DateOnly Today)
{
    /// <summary>What was planned as the next step, in the planner's words where they may be read.</summary>
    public CaseLine? NextStepLine => Referral.NextStep is { } next ? History.FirstOrDefault(line => line.Entry.Revision == next.Revision) : null;

    /// <summary>Why it rests, while it does.</summary>
    public CaseLine? SnoozeLine => Referral.IsSnoozedOn(Today) ? History.LastOrDefault(line => line.Entry.Action == ReferralAction.Snooze) : null;
}

/// <summary>Who may read what is restricted: design.md, "note (restricted by default)". Pure.</summary>
public static class CasePrivacy
{
    /// <summary>Whoever has the case or the pupil in the caseload, and the school's safeguarding lead.</summary>
    /// <param name="reason">What the gate let the reader in for.</param>
    public static bool MayReadRestricted(Caller caller, AccessReason reason, Referral referral)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(referral);
        return reason == AccessReason.OwnCaseload
            || referral.AssignedTo?.Value == caller.Id.Value
            || (caller.Has(Role.SafeguardingLead) && caller.Schools?.Contains(referral.School) == true)
            || caller.Schools is null;
    }

    /// <summary>A line as the reader may see it. Writers read their own words.</summary>
    public static (ReferralEntry Entry, bool IsWithheld) Show(ReferralEntry entry, bool mayReadRestricted, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(caller);
        var isWithheld = entry.Step is { IsRestrictedText: true, Words: not null } && !mayReadRestricted && entry.By.Value != caller.Id.Value;
        return isWithheld ? (entry with { Step = null }, true) : (entry, false);
    }
}
