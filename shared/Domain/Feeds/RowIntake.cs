using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Takes the rows a reader hands on: refuses what no feed may say, and puts the rest into the batch of its school
/// and year. Nothing is allocated per row.</summary>
public sealed class RowIntake
{
    /// <summary>Registers are kept six years; what is older than this many is a slip of the date.</summary>
    public const int OldestYears = 10;

    /// <summary>Different unknown codes that are counted by name; further ones are counted together.</summary>
    private const int MostUnknownCodes = 200;

    private readonly Dictionary<string, School> schools = [];
    private readonly Dictionary<string, School>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly Dictionary<RefusalReason, long> refused = [];
    private readonly Dictionary<string, long> unknownCodes = [];
    private readonly RefusalFile refusals;
    private readonly int firstMonth;
    private readonly DateOnly latest;
    private readonly DateOnly earliest;
    private readonly string? onlySchool;
    private readonly UnassignedBuffer buffer = new();
    private School? last;
    private DateOnly? first;
    private DateOnly? final;

    public RowIntake(BatchFileWriter writer, RefusalFile refusals, int firstMonth, DateOnly today, IReadOnlyList<string>? stated)
    {
        Writer = writer;
        this.refusals = refusals;
        this.firstMonth = firstMonth;
        // A feed sent around midnight, or from a school ahead of UTC, may speak for tomorrow.
        latest = today.AddDays(1);
        earliest = today.AddYears(-OldestYears);
        onlySchool = stated is [var only] ? only : null;
        bySpan = schools.GetAlternateLookup<ReadOnlySpan<char>>();
        Sink = new AttendanceRowSink(Accept, Refuse, Unknown);
    }

    public AttendanceRowSink Sink { get; }

    public BatchFileWriter Writer { get; }

    /// <summary>Rows that name no school and wait for the pupil's enrolment to decide.</summary>
    internal UnassignedBuffer Unassigned => buffer;

    /// <summary>First and last date of the rows taken; null without any.</summary>
    public Coverage? Dates => first is { } from && final is { } to ? new Coverage(from, to) : null;

    public IReadOnlyDictionary<RefusalReason, long> Refused => refused;

    public IReadOnlyDictionary<string, long> UnknownCodes => unknownCodes;

    /// <summary>Rows of pupils who were erased.</summary>
    public long Erased { get; private set; }

    /// <summary>The rows named more schools than a feed may have; further ones are refused, so that memory stays bounded.</summary>
    public bool HasTooManySchools { get; private set; }

    public void Accept(in AttendanceRow row)
    {
        if (row.Date > latest)
        {
            Refuse(new RefusedRow(row.RowNumber, RefusalReason.FutureDate, "date", ""));
            return;
        }
        if (row.Date < earliest)
        {
            Refuse(new RefusedRow(row.RowNumber, RefusalReason.TooOldDate, "date", ""));
            return;
        }
        var student = row.StudentUniqueId.Trim();
        if (!StudentUniqueId.IsValid(student))
        {
            Refuse(new RefusedRow(row.RowNumber, student.IsEmpty ? RefusalReason.MissingStudent : RefusalReason.InvalidStudent, "studentUniqueId", ""));
            return;
        }
        var name = row.SchoolId.Trim();
        if (name.IsEmpty)
        {
            if (onlySchool is null)
            {
                buffer.Add(row);
                return;
            }
            name = onlySchool;
        }
        if (SchoolOf(name) is not { } school)
        {
            Refuse(new RefusedRow(row.RowNumber, RefusalReason.InvalidSchool, "schoolId", ""));
            return;
        }
        Put(school, row);
    }

    /// <summary>Puts a row into its batch once its school is known.</summary>
    internal void Assign(SchoolId school, in AttendanceRow row)
    {
        if (SchoolOf(school.Value) is { } known) Put(known, row);
    }

    /// <summary>Leaves out a row of a pupil who was erased: it is refused nowhere, since nobody is to mend and re-send it.</summary>
    internal void DropErased() => Erased++;

    public void Refuse(RefusedRow row)
    {
        refused[row.Reason] = refused.GetValueOrDefault(row.Reason) + 1;
        refusals.Add(row);
    }

    private void Unknown(string code)
    {
        if (unknownCodes.Count >= MostUnknownCodes && !unknownCodes.ContainsKey(code)) code = "(others)";
        unknownCodes[code] = unknownCodes.GetValueOrDefault(code) + 1;
    }

    private void Put(School school, in AttendanceRow row)
    {
        if (first is null || row.Date < first) first = row.Date;
        if (final is null || row.Date > final) final = row.Date;
        Writer.Add(school.BatchOf(row.Date, Writer, firstMonth), row);
    }

    private School? SchoolOf(ReadOnlySpan<char> name)
    {
        if (last is { } same && name.SequenceEqual(same.Id.Value)) return same;
        if (!bySpan.TryGetValue(name, out var school))
        {
            HasTooManySchools |= schools.Count == FeedStore.MaxBatches;
            if (HasTooManySchools || !SchoolId.TryParse(name, out var id)) return null;
            school = new School(id);
            schools[id.Value] = school;
        }
        last = school;
        return school;
    }

    /// <summary>A school of the feed and its batches by year; rows of one date after another hit the same.</summary>
    private sealed class School(SchoolId id)
    {
        private readonly Dictionary<int, int> batches = [];
        private DateOnly from = DateOnly.MaxValue;
        private DateOnly to = DateOnly.MinValue;
        private int batch;

        public SchoolId Id => id;

        public int BatchOf(DateOnly date, BatchFileWriter writer, int firstMonth)
        {
            if (date >= from && date <= to) return batch;
            var year = SchoolYear.Containing(date, firstMonth);
            if (!batches.TryGetValue(year.EndYear, out batch)) batches[year.EndYear] = batch = writer.Open(id, year);
            from = year.FirstDay;
            to = year.LastDay;
            return batch;
        }
    }
}
