using System.Globalization;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Roster;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>What a file holds, counted by the very readers that an import uses: how many records, which schools and days, and
/// what would be refused. No pupil is named.</summary>
internal sealed class FileSurvey
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<RefusalReason, long> refused = [];
    private readonly SortedDictionary<string, long> unknownCodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> schools = new(StringComparer.Ordinal);
    private DateOnly? first;
    private DateOnly? last;
    private bool isAnySchool;

    public ReadOutcome Attendance(Stream file, FeedRequest request, DistrictFormats formats, CancellationToken cancellationToken)
    {
        var names = schools.GetAlternateLookup<ReadOnlySpan<char>>();
        var sink = new AttendanceRowSink(
            (in AttendanceRow row) =>
            {
                Count(row.Section.IsEmpty ? "register events" : "section events");
                if (row.IsDelete) Count("of them taken back");
                if (!row.SchoolId.IsEmpty && !names.Contains(row.SchoolId)) names.Add(row.SchoolId);
                Day(row.Date);
            },
            Refuse,
            code => unknownCodes[code] = unknownCodes.GetValueOrDefault(code) + 1);
        return AttendanceFileReader.Read(file, request, formats, sink, null, cancellationToken);
    }

    public ReadOutcome Roster(Stream file, FeedRequest request, CancellationToken cancellationToken)
    {
        var sink = new RosterSink(
            student =>
            {
                Count("enrolments");
                schools.Add(student.School.Value);
                if (student.Entry is { } entry) Day(entry);
                if (student.Exit is { } exit) Day(exit);
            },
            Refuse)
        {
            Name = _ => Count("names"),
            Delete = _ => Count("taken back"),
            Class = _ => Count("classes"),
            Place = _ => Count("places in classes"),
        };
        return RosterFileReader.Read(file, request, sink, cancellationToken);
    }

    public ReadOutcome Staff(Stream file, CancellationToken cancellationToken)
    {
        var read = StaffCsvReader.Read(
            file,
            staff =>
            {
                Count("staff");
                foreach (var role in staff.Roles) Count($"of them {Roles.NameOf(role)}");
                if (staff.HasLeft) Count("of them left");
                if (staff.Deputy is not null) Count("with a deputy");
                foreach (var school in staff.Schools) School(school);
            },
            Refuse, cancellationToken);
        return read;
    }

    public ReadOutcome Calendar(Stream file, CancellationToken cancellationToken)
    {
        var sink = new CalendarSink(
            (school, session) =>
            {
                Count("sessions");
                School(school);
                Day(session.Begin);
                Day(session.End);
            },
            (school, day) =>
            {
                Count(day.IsInstructional ? "school days" : "days without school");
                School(school);
                Day(day.Date);
            },
            Refuse);
        return CalendarFileReader.Read(file, sink, cancellationToken);
    }

    public async Task<ReadOutcome> ObservationsAsync(Stream file, DateOnly today, CancellationToken cancellationToken)
    {
        long rows = 0;
        await foreach (var line in ObservationFile.ReadAsync(file, today, cancellationToken))
        {
            if (line is ObservationLine.FileRefused whole) return new ReadOutcome.Refused(whole.Why);
            rows++;
            switch (line)
            {
                case ObservationLine.Form form:
                    Count("forms");
                    School(form.School);
                    Day(form.Date);
                    break;
                case ObservationLine.Concern concern:
                    Count("safeguarding concerns");
                    School(concern.School);
                    break;
                case ObservationLine.Refused row:
                    Refuse(row.Row);
                    break;
            }
        }
        return new ReadOutcome.Read(rows, null, [], []);
    }

    public void WriteTo(TextWriter output)
    {
        foreach (var (what, count) in counts) output.WriteLine($"{what,-22}{Text(count)}");
        var named = schools.Count == 0 && !isAnySchool ? "none named" : schools.Count == 0 ? "every school of the district" : Text(schools.Count);
        output.WriteLine($"{"schools",-22}{named}");
        if (first is { } from && last is { } to) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"days",-22}{from:yyyy-MM-dd} to {to:yyyy-MM-dd}"));
        foreach (var (reason, count) in refused) output.WriteLine($"{"refused",-22}{Text(count)} {JsonOutput.Camel(reason)}");
        foreach (var (code, count) in unknownCodes) output.WriteLine($"open: the code {code}, {Text(count)} times, is not in the code set and would be read as unknown.");
    }

    private void Refuse(RefusedRow row) => refused[row.Reason] = refused.GetValueOrDefault(row.Reason) + 1;

    private void Count(string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    private void School(SchoolId? school)
    {
        if (school is { } one) schools.Add(one.Value);
        else isAnySchool = true;
    }

    private void Day(DateOnly date)
    {
        if (first is null || date < first) first = date;
        if (last is null || date > last) last = date;
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
