using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>Works out how a pupil stands to a caller, for the policy: the school, own class, own caseload.</summary>
public sealed class PupilRelations(Enrollments enrollments, ClassStore classes)
{
    /// <param name="school">The school the question is about, such as a referral's; null is the one the pupil is on roll in, one of
    /// the caller's before another.</param>
    /// <param name="today">The day that decides on enrolments and classes.</param>
    /// <returns>Null for a pupil nobody ever enrolled.</returns>
    public async ValueTask<AccessSubject.OfPupil?> OfAsync(
        Caller caller, StudentKey student, SchoolId? school, DateOnly today, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (await enrollments.FindAsync(student, cancellationToken) is not { Enrollments: [.., var last] } profile) return null;
        var stay = school is { } asked
            ? profile.Enrollments.LastOrDefault(e => e.School == asked)
            : profile.Enrollments.LastOrDefault(e => e.Span.Covers(today) && caller.Schools?.Contains(e.School) == true)
                ?? profile.On(today) ?? last;
        var at = school ?? stay!.School;
        var inCaseload = caller.Has(Role.Counsellor) && caller.Caseload.Holds(student, at, stay?.Grade, caller.Schools);
        return new AccessSubject.OfPupil(at, new PupilRelation(await IsInAsync(caller.Classes, student, today, cancellationToken), inCaseload));
    }

    private async ValueTask<bool> IsInAsync(IReadOnlyList<SchoolClass> own, StudentKey student, DateOnly today, CancellationToken cancellationToken)
    {
        foreach (var of in own)
            if (await classes.FindAsync(of, cancellationToken) is { } roll && roll.Places.Any(place => place.Student == student && place.Covers(today))) return true;
        return false;
    }
}
