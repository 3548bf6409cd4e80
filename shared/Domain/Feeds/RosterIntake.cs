using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a roster: who is on which school's roll, from when to when.</summary>
public sealed class RosterIntake(StudentDirectory directory, Enrollments enrollments, OptOuts optOuts, TimeProvider time)
{
    public async Task<TakenIn> TakeInAsync(Stream file, FeedRequest request, int firstMonth, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        var thisYear = SchoolYear.Containing(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), firstMonth);
        var stated = new List<EnrollmentStatement>();
        var widening = new List<EnrollmentStatement>();
        var names = new List<StudentNaming>();
        var deletes = new List<RosterDelete>();
        var sink = new RosterSink(
            s => (s.WidensOnly ? widening : stated).Add(StatementOf(s, thisYear)), refuse)
        {
            Name = n => names.Add(new StudentNaming(n.Student, OrNull(n.GivenName), OrNull(n.FamilyName))),
            Delete = deletes.Add,
        };
        var outcome = RosterFileReader.Read(file, request, sink, cancellationToken);
        if (outcome is ReadOutcome.Refused) return TakenIn.NotRead(outcome);

        var changed = await enrollments.EnrollAsync(stated, EnrollmentMode.Roster, firstMonth, cancellationToken);
        changed += await enrollments.EnrollAsync(widening, EnrollmentMode.Extend, firstMonth, cancellationToken);
        changed += await RemoveAsync(deletes, firstMonth, cancellationToken);
        if (names.Count > 0) await directory.EnsureAsync(names, cancellationToken);
        await optOuts.ResolveAsync(cancellationToken);
        return new TakenIn(outcome, changed + names.Count, []);
    }

    private async Task<int> RemoveAsync(List<RosterDelete> deletes, int firstMonth, CancellationToken cancellationToken)
    {
        var removals = new List<EnrollmentStatement>();
        foreach (var delete in deletes)
        {
            if (await directory.FindAsync(delete.Student, cancellationToken) is not { } key) continue;
            if (await enrollments.FindAsync(key, cancellationToken) is not { } profile) continue;
            removals.AddRange(profile.Enrollments
                .Where(e => (delete.School is null || e.School == delete.School) && (delete.Entry is null || e.Entry == delete.Entry))
                .Select(e => new EnrollmentStatement(new StudentNaming(delete.Student), e, Remove: true)));
        }
        return await enrollments.EnrollAsync(removals, EnrollmentMode.Roster, firstMonth, cancellationToken);
    }

    private static EnrollmentStatement StatementOf(RosterStudent student, SchoolYear thisYear)
    {
        var exit = student.Exit;
        // A roster without entry dates speaks of this school year, or of the one its exit lies in.
        var entry = student.Entry ?? (exit is { } e && e < thisYear.FirstDay ? SchoolYear.Containing(e, thisYear.FirstMonth).FirstDay : thisYear.FirstDay);
        return new EnrollmentStatement(
            new StudentNaming(student.Student, OrNull(student.GivenName), OrNull(student.FamilyName)),
            new Enrollment(student.School, entry, exit, OrNull(student.Grade)));
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
