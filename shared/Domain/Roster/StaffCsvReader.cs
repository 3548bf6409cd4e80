using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Tables;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster;

/// <summary>Somebody of the staff, as a file states.</summary>
/// <param name="Grades">Of the caseload; a school with no grades is the whole school.</param>
/// <param name="Deputy">The deputy's id in the sending system.</param>
public sealed record RosterStaff(
    int RowNumber, string SourceId, string Name, IReadOnlySet<Role> Roles, IReadOnlySet<SchoolId> Schools, IReadOnlyList<SchoolClass> Classes,
    IReadOnlyList<CaseloadGrades> Grades, IReadOnlyList<StudentUniqueId> Pupils, string? Deputy, Guid? Account, string? UserPrincipalName, bool HasLeft)
{
    /// <summary>Without name and account.</summary>
    public override string ToString() => $"row {RowNumber}";
}

/// <summary>Reads staff.csv (docs/data-dictionary.md has the columns). Lists are parted by ';'; a class or grade is followed by
/// <c>@school</c> where the person works in several.</summary>
public static class StaffCsvReader
{
    private const int MaxId = 60;
    private const int MaxAccount = 320;

    public static ReadOutcome Read(Stream stream, Action<RosterStaff> take, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(take);
        ArgumentNullException.ThrowIfNull(refuse);
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return new ReadOutcome.Refused(refused!);
        using (table)
        {
            var columns = new Columns(table);
            if (columns.Id < 0 || columns.Roles < 0)
                return new ReadOutcome.Refused($"A staff list has the columns staffId and roles. The columns are: {string.Join(", ", table.Headers)}.");
            long rows = 0;
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows++;
                var row = new Row(table, columns);
                if (row.Read() is { } staff) take(staff);
                else refuse(new RefusedRow(table.RowNumber, row.Why, row.Field, table.RawRow()));
            }
            return table.Refused is { } why ? new ReadOutcome.Refused(why) : new ReadOutcome.Read(rows, null, [table.Concluded], []);
        }
    }

    private sealed class Row(CsvTable table, Columns columns)
    {
        private readonly HashSet<SchoolId> schools = [];

        public RefusalReason Why { get; private set; }

        public string Field { get; private set; } = "";

        /// <summary>Null where <see cref="Why"/> and <see cref="Field"/> say what is wrong.</summary>
        public RosterStaff? Read()
        {
            if (table.HasInvalidText) return Wrong(RefusalReason.InvalidEncoding, "");
            if (table.IsRagged) return Wrong(RefusalReason.RaggedRow, "");
            var id = Text(columns.Id);
            if (id.Length is 0 or > MaxId || id.Any(char.IsControl)) return Wrong(RefusalReason.InvalidValue, "staffId");
            var roles = new HashSet<Role>();
            foreach (var name in List(columns.Roles))
            {
                if (!District.Roles.TryParse(name, out var role) || !District.Roles.OfPeople.Contains(role)) return Wrong(RefusalReason.InvalidValue, "roles");
                roles.Add(role);
            }
            foreach (var name in List(columns.Schools))
            {
                if (!SchoolId.TryParse(name, out var school)) return Wrong(RefusalReason.InvalidSchool, "schools");
                schools.Add(school);
            }
            if (schools.Count > StaffStore.MaxSchools) return Wrong(RefusalReason.InvalidValue, "schools");
            if (schools.Count == 0 && roles.Any(role => !District.Roles.IsDistrictWide(role))) return Wrong(RefusalReason.MissingSchool, "schools");
            if (Classes() is not { } classes) return Wrong(RefusalReason.InvalidValue, "classes");
            if (Grades() is not { } grades) return Wrong(RefusalReason.InvalidValue, "caseloadGrades");
            var pupils = new List<StudentUniqueId>();
            foreach (var text in List(columns.Pupils))
            {
                if (!StudentUniqueId.TryParse(text, out var pupil)) return Wrong(RefusalReason.InvalidStudent, "caseloadPupils");
                pupils.Add(pupil);
            }
            Guid? account = null;
            if (Text(columns.Account) is { Length: > 0 } accountText)
            {
                if (!Guid.TryParse(accountText, out var parsed)) return Wrong(RefusalReason.InvalidValue, "entraObjectId");
                account = parsed;
            }
            var upn = Text(columns.Upn);
            if (upn.Length > MaxAccount) return Wrong(RefusalReason.InvalidValue, "userPrincipalName");
            var given = $"{RosterText.Name(table.Field(columns.Given))} {RosterText.Name(table.Field(columns.Family))}".Trim();
            var name1 = RosterText.Name(table.Field(columns.Name));
            return new RosterStaff(
                table.RowNumber, id, name1.Length > 0 ? name1 : given.Length > 0 ? RosterText.Name(given) : id, roles, schools, classes, grades, pupils,
                OrNull(Text(columns.Deputy)), account, OrNull(upn), Text(columns.Left) is "true" or "yes" or "1");
        }

        private List<SchoolClass>? Classes()
        {
            var classes = new List<SchoolClass>();
            foreach (var text in List(columns.Classes))
            {
                if (At(text) is not ({ } school, var name) || !ClassId.TryParse(name, out var id)) return null;
                classes.Add(new SchoolClass(school, id));
            }
            return classes;
        }

        private List<CaseloadGrades>? Grades()
        {
            var grades = new List<(SchoolId School, string Grade)>();
            foreach (var text in List(columns.Grades))
            {
                if (At(text) is not ({ } school, var grade)) return null;
                grades.Add((school, RosterText.Grade(grade)));
            }
            return [.. grades.GroupBy(g => g.School, g => g.Grade).Select(school => new CaseloadGrades(school.Key, school.Contains("*") ? [] : [.. school]))];
        }

        /// <summary>"7A@hill", or "7A" in the person's only school; no school where it names none of the person's.</summary>
        private (SchoolId? School, string Name) At(string text)
        {
            if (text.LastIndexOf('@') is > 0 and var at && SchoolId.TryParse(text.AsSpan(at + 1), out var named) && schools.Contains(named))
                return (named, text[..at].Trim());
            return (schools.Count == 1 ? schools.Single() : null, text);
        }

        private RosterStaff? Wrong(RefusalReason why, string field)
        {
            (Why, Field) = (why, field);
            return null;
        }

        private string Text(int column) => table.Field(column).ToString();

        private string[] List(int column) => Text(column).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        private static string? OrNull(string text) => text.Length == 0 ? null : text;
    }

    private sealed class Columns(CsvTable table)
    {
        public int Id { get; } = table.Column("staffId", "staffUniqueId", "id");

        public int Name { get; } = table.Column("displayName", "name");

        public int Given { get; } = table.Column("givenName", "firstName");

        public int Family { get; } = table.Column("familyName", "lastName", "surname");

        public int Roles { get; } = table.Column("roles", "role");

        public int Schools { get; } = table.Column("schools", "schoolId", "school");

        public int Classes { get; } = table.Column("classes", "class");

        public int Grades { get; } = table.Column("caseloadGrades");

        public int Pupils { get; } = table.Column("caseloadPupils");

        public int Deputy { get; } = table.Column("deputy");

        public int Account { get; } = table.Column("entraObjectId", "objectId");

        public int Upn { get; } = table.Column("userPrincipalName", "upn", "email");

        public int Left { get; } = table.Column("left", "hasLeft");
    }
}
