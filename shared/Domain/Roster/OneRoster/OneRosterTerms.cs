using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Roster.OneRoster;

/// <summary>The small tables of a bundle: academic sessions, schools and classes.</summary>
internal sealed class OneRosterTerms
{
    private readonly Dictionary<string, (DateOnly Begin, DateOnly End)> sessions = new(StringComparer.Ordinal);
    private readonly HashSet<string> schools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClassTerm> classes = new(StringComparer.Ordinal);
    private bool knowsSchools;

    /// <summary>A class's school and the span of its terms.</summary>
    public sealed record ClassTerm(SchoolId School, DateOnly? Begin, DateOnly? End);

    /// <summary>First day of all academic sessions; null if there are none.</summary>
    public DateOnly? Begin { get; private set; }

    /// <summary>Last day of all academic sessions; null if there are none.</summary>
    public DateOnly? End { get; private set; }

    /// <summary>A district or a department is no school. Without orgs.csv every org counts as one.</summary>
    public bool IsSchool(SchoolId org) => !knowsSchools || schools.Contains(org.Value);

    public ClassTerm? Class(string id) => classes.GetValueOrDefault(id);

    public void ReadSessions(OneRosterFile? file, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        if (file is null) return;
        var (id, begin, end) = (file.Needed("sourcedId"), file.Needed("startDate"), file.Needed("endDate"));
        while (file.Next(refuse, cancellationToken))
        {
            if (file.IsDeleted) continue;
            if (!file.TryDate(begin, out var from) || from is null) { file.Refuse(refuse, RefusalReason.InvalidDate, "startDate"); continue; }
            if (!file.TryDate(end, out var to) || to is null || to < from) { file.Refuse(refuse, RefusalReason.InvalidDate, "endDate"); continue; }
            sessions[file.Field(id).ToString()] = (from.Value, to.Value);
            if (Begin is null || from < Begin) Begin = from;
            if (End is null || to > End) End = to;
        }
    }

    public void ReadSchools(OneRosterFile? file, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        if (file is null) return;
        var (id, type) = (file.Needed("sourcedId"), file.Needed("type"));
        while (file.Next(refuse, cancellationToken))
        {
            knowsSchools = true;
            if (!file.IsDeleted && file.Field(type).Equals("school", StringComparison.OrdinalIgnoreCase)) schools.Add(file.Field(id).ToString());
        }
    }

    /// <summary>How many classes were handed on.</summary>
    public long ReadClasses(OneRosterFile? file, RosterSink sink, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        if (file is null) return 0;
        var (id, school, terms, title) = (file.Needed("sourcedId"), file.Needed("schoolSourcedId"), file.Column("termSourcedIds"), file.Column("title"));
        long count = 0;
        while (file.Next(refuse, cancellationToken))
        {
            if (file.IsDeleted) continue;
            if (!SchoolId.TryParse(file.Field(school), out var of)) { file.Refuse(refuse, RefusalReason.MissingSchool, "schoolSourcedId"); continue; }
            DateOnly? begin = null, end = null;
            foreach (var term in file.List(terms))
            {
                if (!sessions.TryGetValue(term, out var session)) continue;
                if (begin is null || session.Begin < begin) begin = session.Begin;
                if (end is null || session.End > end) end = session.End;
            }
            var classId = file.Field(id).ToString();
            classes[classId] = new ClassTerm(of, begin, end);
            sink.Class(new RosterClass(classId, of, RosterText.Name(file.Field(title))));
            count++;
        }
        return count;
    }
}
