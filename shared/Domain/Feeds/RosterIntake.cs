using System.Text;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a roster: who is on which school's roll, from when to when.</summary>
public sealed class RosterIntake(StudentDirectory directory, Enrollments enrollments, SchoolRolls rolls, OptOuts optOuts, ClassIntake classes, DistrictToday calendar)
{
    public async Task<TakenIn> TakeInAsync(Stream file, FeedRequest request, int firstMonth, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        var today = await calendar.DateAsync(cancellationToken);
        var thisYear = SchoolYear.Containing(today, firstMonth);
        var stated = new List<EnrollmentStatement>();
        var widening = new List<EnrollmentStatement>();
        var names = new List<StudentNaming>();
        var deletes = new List<RosterDelete>();
        var places = new List<RosterPlace>();
        var titles = new Dictionary<SchoolClass, string>();
        var sink = new RosterSink(
            s => (s.WidensOnly ? widening : stated).Add(StatementOf(s, thisYear)), refuse)
        {
            Name = n => names.Add(new StudentNaming(n.Student, OrNull(n.GivenName), OrNull(n.FamilyName))),
            Delete = deletes.Add,
            Place = places.Add,
            Class = c =>
            {
                if (ClassId.TryParse(c.ClassId, out var id)) titles[new SchoolClass(c.School, id)] = RosterText.Name(c.Title);
            },
        };
        var outcome = RosterFileReader.Read(file, request, sink, cancellationToken);
        if (outcome is ReadOutcome.Refused) return TakenIn.NotRead(outcome);

        var enrolled = await enrollments.EnrollAsync(stated, EnrollmentMode.Roster, firstMonth, cancellationToken);
        enrolled += await enrollments.EnrollAsync(widening, EnrollmentMode.Extend, firstMonth, cancellationToken);
        var removals = await RemovalsAsync(deletes, cancellationToken);
        enrolled += await enrollments.EnrollAsync(removals, EnrollmentMode.Roster, firstMonth, cancellationToken);
        var named = names.Count == 0 ? [] : await directory.EnsureAsync(names, cancellationToken);
        await optOuts.ResolveAsync(cancellationToken);
        var warnings = new List<string>();
        if (outcome is ReadOutcome.Read { Kind: FeedKind.Snapshot })
            enrolled += await EndUnnamedAsync(stated, today, thisYear, warnings, cancellationToken);
        await classes.ApplyAsync(
            places, titles, isWhole: outcome is ReadOutcome.Read { Kind: FeedKind.Snapshot }, widensOnly: widening.Count > 0, warnings, cancellationToken);
        return new TakenIn(outcome, enrolled.Changed + named.Count(key => !key.IsEmpty), warnings)
        {
            Erased = enrolled.Erased + named.Count(key => key.IsEmpty),
            Schools = stated.Concat(widening).Concat(removals).CountBy(s => s.Enrollment.School).ToDictionary(),
        };
    }

    /// <summary>A roster that states its schools in whole: whoever it no longer names there has left, the day before it came.
    /// Where more than half would leave at once, nobody does: a file cut short is likelier than a school emptied overnight.</summary>
    private async Task<Enrolled> EndUnnamedAsync(
        List<EnrollmentStatement> stated, DateOnly today, SchoolYear thisYear, List<string> warnings, CancellationToken cancellationToken)
    {
        var leavers = new List<EnrollmentStatement>();
        foreach (var school in stated.GroupBy(s => s.Enrollment.School))
        {
            var named = school.Select(s => s.Pupil.UniqueId).ToHashSet();
            var roll = await rolls.LoadAsync(school.Key, thisYear, cancellationToken);
            var leaving = new List<EnrollmentStatement>();
            var present = 0;
            foreach (var (index, slot) in roll.Pupils())
            {
                var held = slot.Spans.LastOrDefault(s => s.Covers(today));
                if (held == default || roll.IdAt(index).IsEmpty) continue;
                present++;
                var id = StudentUniqueId.Parse(Encoding.UTF8.GetString(roll.IdAt(index)));
                if (named.Contains(id)) continue;
                var stay = new Enrollment(school.Key, held.Entry, held.Entry < today ? today.AddDays(-1) : today);
                leaving.Add(new EnrollmentStatement(new StudentNaming(id), stay, Remove: held.Entry >= today));
            }
            if (leaving.Count * 2 > present)
                warnings.Add($"{school.Key}: the roster no longer names {leaving.Count} of {present} pupils on roll. More than half would leave, so nobody was taken off; send a whole roster, or exit dates.");
            else
                leavers.AddRange(leaving);
        }
        return await enrollments.EnrollAsync(leavers, EnrollmentMode.Roster, thisYear.FirstMonth, cancellationToken);
    }

    private async Task<List<EnrollmentStatement>> RemovalsAsync(List<RosterDelete> deletes, CancellationToken cancellationToken)
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
        return removals;
    }

    private static EnrollmentStatement StatementOf(RosterStudent student, SchoolYear thisYear)
    {
        var exit = student.Exit;
        // A roster without entry dates speaks of this school year, or of the one its exit lies in.
        var entry = student.Entry ?? (exit is { } e && e < thisYear.FirstDay ? SchoolYear.Containing(e, thisYear.FirstMonth).FirstDay : thisYear.FirstDay);
        return new EnrollmentStatement(
            new StudentNaming(student.Student, OrNull(student.GivenName), OrNull(student.FamilyName)),
            new Enrollment(student.School, entry, exit, OrNull(student.Grade)), EntryStated: student.Entry is not null);
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
