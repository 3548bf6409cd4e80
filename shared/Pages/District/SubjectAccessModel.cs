using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Pages.District;

/// <param name="Schools">To choose from; every school of any year.</param>
/// <param name="Found">Null before anything was looked for.</param>
public sealed record SubjectAccessModel(IReadOnlyList<SchoolId> Schools, FormState Form, IReadOnlyList<PupilFound>? Found);

/// <summary>A pupil to choose.</summary>
/// <param name="Reference">Encrypted; it says nothing to anybody else.</param>
public sealed record PupilFound(string Reference, string Name, string? Grade)
{
    /// <summary>Where it is not the one that was chosen.</summary>
    public SchoolId? School { get; init; }
}

/// <param name="Lines">The record's audit, with names of staff.</param>
/// <param name="Names">Of staff by id, for forms and referrals.</param>
/// <param name="Reference">Of the pupil, for the download.</param>
public sealed record SubjectRecordModel(
    SubjectRecord Record, IReadOnlyList<AuditLine> Lines, IReadOnlyDictionary<string, string> Names, string Reference)
{
    public IEnumerable<AuditLine> Disclosures => Lines.Where(line => line.Entry.Action.IsRead());

    public IEnumerable<AuditLine> Changes => Lines.Where(line => !line.Entry.Action.IsRead());

    public string NameOf(string id) => Names.GetValueOrDefault(id, id);

    /// <summary>Marks of a year by what they say of presence, the most frequent first.</summary>
    public static IEnumerable<(MarkCategory Category, int Sessions)> CountsOf(PupilYear year)
    {
        ArgumentNullException.ThrowIfNull(year);
        return year.Marks.GroupBy(mark => mark.Mark.Category).Select(group => (group.Key, group.Count())).OrderByDescending(count => count.Item2);
    }

    /// <summary>The marks a reader looks for: all but those simply present; a day's sessions with the same mark as the whole day.</summary>
    public static IReadOnlyList<(DateOnly Date, SessionOfDay Session, Mark Mark)> NotableOf(PupilYear year)
    {
        ArgumentNullException.ThrowIfNull(year);
        return
        [
            .. from day in year.Marks.GroupBy(mark => mark.Date)
               let isOne = day.Count() > 1 && day.Select(mark => mark.Mark).Distinct().Count() == 1
               from mark in isOne ? day.Take(1) : day
               where mark.Mark != Mark.Present
               select (mark.Date, isOne ? SessionOfDay.WholeDay : mark.Session, mark.Mark),
        ];
    }
}
