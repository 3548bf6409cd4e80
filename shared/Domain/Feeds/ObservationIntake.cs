using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a file of observation forms. A safeguarding concern is kept whoever it is about; it is never scored.</summary>
public sealed class ObservationIntake(StudentDirectory directory, Enrollments enrollments, ObservationStore observations, Observers observers, Tombstones tombstones, District.DistrictToday calendar, TimeProvider time)
{
    public async Task<TakenIn> TakeInAsync(Stream file, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = await calendar.DateAsync(cancellationToken);
        long rows = 0;
        long stored = 0;
        long concerns = 0;
        long dropped = 0;
        var erased = await tombstones.ReadAsync(cancellationToken);
        var schools = new Dictionary<District.SchoolId, int>();
        await foreach (var line in ObservationFile.ReadAsync(file, today, cancellationToken))
        {
            if (line is ObservationLine.FileRefused whole) return TakenIn.NotRead(new ReadOutcome.Refused(whole.Why));
            rows++;
            switch (line)
            {
                case ObservationLine.Form form when await FindAsync(form.Student, form.School, form.Date, cancellationToken) is { School: { } school } found:
                    var id = ObservationIds.Of(found.Key, school, form.Date, form.Observer, form.Items, form.SenderKey);
                    if (await observations.SaveAsync(new Observation(id, found.Key, school, form.Date, await observers.OfAsync(form.Observer, cancellationToken), form.Items), form.Note, cancellationToken) == ObservationSaved.Stored)
                        stored++;
                    schools[school] = schools.GetValueOrDefault(school) + 1;
                    break;
                case ObservationLine.Concern concern when await FindAsync(concern.Student, concern.School, concern.Date ?? today, cancellationToken) is { } found:
                    var date = concern.Date ?? today;
                    var kept = new SafeguardingConcern(
                        ObservationIds.OfConcern(found.Key, date, concern.Observer, concern.Note, concern.SenderKey),
                        found.Key, found.School, date, concern.Observer is { } who ? await observers.OfAsync(who, cancellationToken) : null, concern.Note, now);
                    if (await observations.SaveConcernAsync(kept, [], cancellationToken) == ObservationSaved.Stored) concerns++;
                    if (found.School is { } place) schools[place] = schools.GetValueOrDefault(place) + 1;
                    break;
                // A concern is refused aloud instead, whoever it is about: a person must look at it.
                case ObservationLine.Form of when erased.Contains(of.Student):
                    dropped++;
                    break;
                case ObservationLine.Form or ObservationLine.Concern:
                    refuse(new RefusedRow(line.RowNumber, RefusalReason.UnknownStudent, "studentUniqueId", ""));
                    break;
                case ObservationLine.Refused refused:
                    refuse(refused.Row);
                    if (refused.MayBeSafeguarding) concerns++;
                    break;
            }
        }
        List<string> warnings = concerns == 0 ? [] :
        [
            $"{concerns} line(s) speak of safeguarding. They are kept and not scored. This file is not a report: make sure the school's safeguarding lead knows now.",
        ];
        return new TakenIn(new ReadOutcome.Read(rows, null, [], []), stored, warnings) { Schools = schools, Erased = dropped };
    }

    private async ValueTask<(StudentKey Key, District.SchoolId? School)?> FindAsync(
        StudentUniqueId student, District.SchoolId? stated, DateOnly date, CancellationToken cancellationToken)
    {
        if (await directory.FindAsync(student, cancellationToken) is not { } key) return null;
        if (stated is not null) return (key, stated);
        var profile = await enrollments.FindAsync(key, cancellationToken);
        return (key, profile?.On(date)?.School ?? profile?.Enrollments[^1].School);
    }
}
