using System.Text.Json;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>A roster's or feed's word that a pupil is on a school's roll, or (Remove) no longer.</summary>
/// <param name="EntryStated">False where the sender gave no entry date: a stay held already keeps its own.</param>
public sealed record EnrollmentStatement(StudentNaming Pupil, Enrollment Enrollment, bool Remove = false, bool EntryStated = true);

/// <summary>What became of statements.</summary>
/// <param name="Changed">Pupils who were new to the directory or changed.</param>
/// <param name="Erased">Statements of pupils who were erased: dropped.</param>
public readonly record struct Enrolled(int Changed, int Erased)
{
    public static Enrolled operator +(Enrolled a, Enrolled b) => new(a.Changed + b.Changed, a.Erased + b.Erased);
}

/// <summary>How statements meet what is held.</summary>
public enum EnrollmentMode
{
    /// <summary>A roster corrects: a stay stated replaces those it overlaps at that school.</summary>
    Roster,
    /// <summary>A feed without a roster widens: the days it covers are added.</summary>
    Extend,
}

/// <summary>Keeps pupils' enrolments: the profile row in <c>pupils</c> is the truth, and the rolls of schools follow it.</summary>
public sealed class Enrollments(ITableStore store, StudentDirectory directory, SchoolRolls rolls, PupilPartitions partitions, DistrictToday calendar)
{
    private const string ProfileRows = "P";

    public async ValueTask<StudentProfile?> FindAsync(StudentKey student, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Pupils, partitions.Of(student), RowKey.Of(ProfileRows, student.ToString()), cancellationToken) is { } row
            ? Read(row)
            : null;

    /// <summary>Takes in statements: directory, profiles, then the rolls of every school and year they touch.</summary>
    /// <param name="firstMonth">First month of the district's school year.</param>
    public async Task<Enrolled> EnrollAsync(IReadOnlyList<EnrollmentStatement> statements, EnrollmentMode mode, int firstMonth, CancellationToken cancellationToken)
    {
        var studentKeys = await directory.EnsureAsync([.. statements.Select(s => s.Pupil)], cancellationToken);
        var byStudent = new Dictionary<StudentKey, List<EnrollmentStatement>>();
        var erased = 0;
        for (var i = 0; i < statements.Count; i++)
        {
            if (studentKeys[i].IsEmpty)
            {
                erased++;
                continue;
            }
            if (!byStudent.TryGetValue(studentKeys[i], out var list)) byStudent[studentKeys[i]] = list = [];
            list.Add(statements[i]);
        }

        var thisYear = SchoolYear.Containing(await calendar.DateAsync(cancellationToken), firstMonth);
        var rollEntries = new Dictionary<(SchoolId School, SchoolYear Year), List<RollEntry>>();
        var changed = 0;
        void Add(SchoolId school, SchoolYear year, RollEntry entry)
        {
            if (!rollEntries.TryGetValue((school, year), out var list)) rollEntries[(school, year)] = list = [];
            list.Add(entry);
        }

        foreach (var bucket in byStudent.GroupBy(s => partitions.Of(s.Key)))
        {
            foreach (var chunk in bucket.Chunk(ITableStore.MaxChanges))
            {
                var (saved, fresh) = await SaveAsync(bucket.Key, chunk, mode, cancellationToken);
                changed += fresh;
                foreach (var (student, profile, said) in saved)
                    foreach (var year in YearsOf(said, mode, thisYear)) AddRollEntries(Add, student, profile, said, year);
            }
        }
        foreach (var ((school, year), entries) in rollEntries)
            await rolls.EnrollAsync(school, year, entries, cancellationToken, recount: mode == EnrollmentMode.Roster);
        return new Enrolled(changed, erased);
    }

    private async Task<(List<(StudentKey, StudentProfile, List<EnrollmentStatement>)> Saved, int Changed)> SaveAsync(
        PartitionKey partition, KeyValuePair<StudentKey, List<EnrollmentStatement>>[] chunk, EnrollmentMode mode, CancellationToken cancellationToken)
    {
        while (true)
        {
            var saved = new List<(StudentKey, StudentProfile, List<EnrollmentStatement>)>();
            var changes = new List<RowChange>();
            foreach (var (student, said) in chunk)
            {
                var key = RowKey.Of(ProfileRows, student.ToString());
                var row = await store.GetAsync(TableName.Pupils, partition, key, cancellationToken);
                var before = row is { } found ? Read(found) : StudentProfile.Empty;
                var after = said.Aggregate(before, (profile, s) =>
                    s.Remove ? profile.Without(s.Enrollment.School, s.Enrollment.Entry)
                    : mode == EnrollmentMode.Roster ? profile.With(s.Enrollment, s.EntryStated)
                    : profile.Extended(s.Enrollment));
                saved.Add((student, after, said));
                if (row is not null && after.Enrollments.SequenceEqual(before.Enrollments)) continue;
                var body = Write(after);
                changes.Add(row is { } known ? new RowChange.Replace(key, known.ETag, body) : new RowChange.Insert(key, body));
            }
            if (changes.Count == 0 || await store.CommitAsync(TableName.Pupils, partition, changes, cancellationToken) is CommitResult.Committed)
                return (saved, changes.Count);
        }
    }

    /// <summary>The years a stay begins and ends in; for a roster's word also this year and the one before, where the pupil
    /// may hold a slot for a stay that the roster now ends. Older years of a long stay are opened when a feed names the pupil
    /// there.</summary>
    private static HashSet<SchoolYear> YearsOf(List<EnrollmentStatement> said, EnrollmentMode mode, SchoolYear thisYear)
    {
        var years = new HashSet<SchoolYear>();
        foreach (var s in said)
        {
            years.Add(SchoolYear.Containing(s.Enrollment.Entry, thisYear.FirstMonth));
            if (s.Enrollment.Exit is { } exit) years.Add(SchoolYear.Containing(exit, thisYear.FirstMonth));
        }
        if (mode == EnrollmentMode.Roster)
        {
            years.Add(thisYear with { EndYear = thisYear.EndYear - 1 });
            years.Add(thisYear);
        }
        return years;
    }

    /// <summary>Every school the pupil is enrolled in that year gives a slot; a school spoken of where the pupil no longer is
    /// keeps the slot it gave, with no day on roll.</summary>
    private static void AddRollEntries(
        Action<SchoolId, SchoolYear, RollEntry> add, StudentKey student, StudentProfile profile, List<EnrollmentStatement> said, SchoolYear year)
    {
        var id = said[0].Pupil.UniqueId;
        var inYear = profile.In(year);
        var schools = inYear.Select(e => e.School).Distinct().ToList();
        foreach (var school in schools)
            add(school, year, new RollEntry(student, id, [.. inYear.Where(e => e.School == school).Select(e => e.Span)], schools.Count > 1));
        foreach (var school in said.Select(s => s.Enrollment.School).Distinct().Except(schools))
            add(school, year, new RollEntry(student, id, [], false, OnlyIfHeld: true));
    }

    private static StudentProfile Read(TableRow row)
    {
        var read = JsonSerializer.Deserialize(row.Body.Span, ProfileJson.Default.ProfileRow)
            ?? throw new FormatException("A profile row is empty.");
        return new StudentProfile([.. read.Enrollments.Select(e => new Enrollment(SchoolId.Parse(e.School), e.Entry, e.Exit, e.Grade))]);
    }

    private static byte[] Write(StudentProfile profile) => JsonSerializer.SerializeToUtf8Bytes(
        new ProfileRow([.. profile.Enrollments.Select(e => new ProfileEnrollment(e.School.Value, e.Entry, e.Exit, e.Grade))]),
        ProfileJson.Default.ProfileRow);
}
