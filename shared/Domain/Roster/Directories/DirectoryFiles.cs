using System.IO.Compression;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Roster.Directories;

/// <summary>Writes what a directory says as the files that every roster comes in: a OneRoster 1.1 bundle of pupils and classes, and a staff
/// list of teachers' accounts. So it is archived, read, refused row by row and reported like any other. Pure: the same roster makes the
/// same bytes.</summary>
public static class DirectoryFiles
{
    /// <summary>A zip holds a time; this one says nothing.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Bundle(DirectoryRoster roster)
    {
        ArgumentNullException.ThrowIfNull(roster);
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "manifest.csv", ["propertyName", "value"],
            [
                ["oneroster.version", "1.1"], ["file.academicSessions", "absent"], ["file.orgs", "bulk"], ["file.classes", "bulk"],
                ["file.enrollments", "bulk"], ["file.users", "bulk"],
            ]);
            Write(zip, "orgs.csv", ["sourcedId", "name", "type"], Schools(roster).Select(s => (string[])[s.School.Id, s.School.Name, "school"]));
            Write(zip, "classes.csv", ["sourcedId", "title", "schoolSourcedId"],
                Schools(roster).SelectMany(s => s.Classes.Select(c => (string[])[IdOf(c.Class), c.Class.Title, s.School.Id])));
            Write(zip, "enrollments.csv", ["userSourcedId", "classSourcedId", "schoolSourcedId", "role"], Places(roster));
            Write(zip, "users.csv", ["sourcedId", "orgSourcedIds", "role", "givenName", "familyName", "grades", "enabledUser"], Pupils(roster));
        }
        return packed.ToArray();
    }

    /// <summary>Teachers with account, schools and classes; see <see cref="Feeds.StaffIntake.AccountsProfile"/>. Null if there is none.</summary>
    public static byte[]? Staff(DirectoryRoster roster)
    {
        ArgumentNullException.ThrowIfNull(roster);
        var rows = Teachers(roster).ToList();
        return rows.Count == 0
            ? null
            : Encoding.UTF8.GetBytes(Csv(["staffId", "displayName", "roles", "schools", "classes", "entraObjectId", "userPrincipalName", "left"], rows));
    }

    /// <summary>A class of Microsoft's directory without an id of the district's, or with one that a list of classes could not hold.</summary>
    private static string IdOf(DirectoryClass of) =>
        ClassId.TryParse(of.Id, out var id) && !id.Value.Contains('@', StringComparison.Ordinal) ? id.Value : of.Key;

    /// <summary>A school without an id that feeds know is nobody's school here.</summary>
    private static IEnumerable<SchoolOfDirectory> Schools(DirectoryRoster roster) =>
        roster.Schools.Where(s => SchoolId.TryParse(s.School.Id, out _)).DistinctBy(s => s.School.Id).OrderBy(s => s.School.Id, StringComparer.Ordinal);

    private static IEnumerable<string[]> Places(DirectoryRoster roster)
    {
        foreach (var school in Schools(roster))
        {
            var pupils = school.People.Where(p => p is { Role: DirectoryRole.Pupil, Id.Length: > 0 }).DistinctBy(p => p.Key).ToDictionary(p => p.Key, p => p.Id);
            foreach (var (of, members) in school.Classes)
                foreach (var member in members.Members.Order(StringComparer.Ordinal))
                    if (pupils.TryGetValue(member, out var pupil)) yield return [pupil, IdOf(of), school.School.Id, "student"];
        }
    }

    /// <summary>A pupil without a StudentUniqueId has a row all the same, so that it is refused and reported.</summary>
    private static IEnumerable<string[]> Pupils(DirectoryRoster roster) =>
        from found in Schools(roster).SelectMany(s => s.People.Select(person => (Person: person, School: s.School.Id)))
        where found.Person.Role == DirectoryRole.Pupil
        group found by found.Person.Key into places
        let person = places.First().Person
        orderby person.Id, person.Key
        select (string[])[person.Id, string.Join(',', places.Select(p => p.School)), "student", person.GivenName, person.FamilyName, person.Grade, person.IsActive ? "true" : "false"];

    private static IEnumerable<string[]> Teachers(DirectoryRoster roster) =>
        from found in Schools(roster).SelectMany(s => s.People.Select(person => (Person: person, School: s)))
        where found.Person.Role == DirectoryRole.Teacher
        group found by found.Person.Key into places
        let person = places.First().Person
        orderby person.Key
        select (string[])
        [
            person.Id.Length > 0 ? person.Id : person.Key, person.DisplayName, Roles.NameOf(Role.Teacher), string.Join(';', places.Select(p => p.School.School.Id)),
            string.Join(';', from place in places
                             from c in place.School.Classes
                             where c.In.Teachers.Contains(person.Key)
                             select $"{IdOf(c.Class)}@{place.School.School.Id}"),
            person.Key, person.Account, person.IsActive ? "" : "true",
        ];

    private static void Write(ZipArchive zip, string name, string[] header, IEnumerable<string[]> rows)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = NoTime;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(Csv(header, rows)));
    }

    /// <summary>Every cell quoted. It is read by our own reader and by nothing else, so no cell is made safe for a spreadsheet: that would change it.
    /// </summary>
    private static string Csv(string[] header, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(header))
            text.AppendJoin(',', row.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
        return text.ToString();
    }
}
