using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Rows of a file without a school column, kept until the pupils' enrolments are looked up. Each distinct id and
/// section is held once.</summary>
internal sealed class UnassignedBuffer
{
    private readonly Dictionary<string, int> texts = [];
    private readonly List<string> byNumber = [];
    private readonly List<Kept> rows = [];

    public int Count => rows.Count;

    public IReadOnlyList<Kept> Rows => rows;

    public string Text(int number) => byNumber[number];

    public void Add(in AttendanceRow row) => rows.Add(new Kept(
        row.RowNumber, Number(row.StudentUniqueId.Trim()), row.Date, row.Session, row.Period, row.Mark, Number(row.Section), row.IsDelete));

    private int Number(ReadOnlySpan<char> text)
    {
        var lookup = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var number)) return number;
        number = byNumber.Count;
        byNumber.Add(text.ToString());
        texts[byNumber[^1]] = number;
        return number;
    }

    internal readonly record struct Kept(int RowNumber, int Student, DateOnly Date, SessionOfDay Session, byte Period, Mark Mark, int Section, bool IsDelete);
}

/// <summary>Finds the school of rows that name none: where the pupil is enrolled on the date.</summary>
public sealed class UnassignedRows(StudentDirectory directory, Enrollments enrollments, Tombstones tombstones)
{
    public async Task AssignAsync(RowIntake intake, CancellationToken cancellationToken)
    {
        if (intake.Unassigned.Count == 0) return;
        var profiles = new Dictionary<int, StudentProfile?>();
        var erased = await tombstones.ReadAsync(cancellationToken);
        foreach (var row in intake.Unassigned.Rows)
        {
            if (!profiles.TryGetValue(row.Student, out var profile))
                profiles[row.Student] = profile = await ProfileAsync(intake.Unassigned.Text(row.Student), cancellationToken);
            var school = profile?.On(row.Date)?.School ?? Nearest(profile, row.Date);
            if (profile is null && !erased.IsEmpty && erased.Contains(intake.Unassigned.Text(row.Student))) intake.DropErased();
            else if (school is { } known) intake.Assign(known, ToRow(intake.Unassigned, row, known.Value));
            else intake.Refuse(new RefusedRow(row.RowNumber, profile is null ? RefusalReason.UnknownStudent : RefusalReason.MissingSchool, "schoolId", ""));
        }
    }

    private async ValueTask<StudentProfile?> ProfileAsync(string id, CancellationToken cancellationToken) =>
        await directory.FindAsync(StudentUniqueId.Parse(id), cancellationToken) is { } key
            ? await enrollments.FindAsync(key, cancellationToken)
            : null;

    /// <summary>A mark shortly outside a stay belongs to that school's register all the same, and is reported as outside.</summary>
    private static District.SchoolId? Nearest(StudentProfile? profile, DateOnly date) => profile?.Enrollments
        .OrderBy(e => date < e.Entry ? e.Entry.DayNumber - date.DayNumber : date.DayNumber - (e.Exit ?? date).DayNumber)
        .FirstOrDefault()?.School;

    private static AttendanceRow ToRow(UnassignedBuffer buffer, UnassignedBuffer.Kept row, string school) => new()
    {
        RowNumber = row.RowNumber,
        StudentUniqueId = buffer.Text(row.Student),
        SchoolId = school,
        Date = row.Date,
        Session = row.Session,
        Period = row.Period,
        Mark = row.Mark,
        Section = buffer.Text(row.Section),
        IsDelete = row.IsDelete,
    };
}
