using System.Globalization;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Demo;

/// <summary>Writes a demo district as the files a school system would send. docs/data-dictionary.md has every column.</summary>
public static class DemoFiles
{
    public const string Calendar = "calendar.csv";
    public const string Students = "students.csv";
    public const string Staff = "staff.csv";
    public const string Observations = "observations.jsonl";
    public const string DistrictConfig = "district.json";

    /// <summary>The attendance files, one for each style of school there is.</summary>
    public static IReadOnlyList<DemoFeed> Feeds(DemoDistrict district) =>
    [
        .. district.Schools.Select(school => school.Style).Distinct().Order().Select(style => style == DemoStyle.England
            ? new DemoFeed("attendance-england.csv", "england-2024", FeedKind.Register, CoverageOf(district), style)
            : new DemoFeed("attendance-us.csv", "us-daily", district.Options.UsFeed, CoverageOf(district), style)),
    ];

    /// <summary>Writes every file into a stream that <paramref name="open"/> makes for its name; each is closed.</summary>
    public static void WriteTo(this DemoDistrict district, Func<string, Stream> open)
    {
        Write(Calendar, stream => WriteCalendar(district, stream));
        Write(Students, stream => WriteStudents(district, stream));
        Write(Staff, stream => WriteStaff(district, stream));
        foreach (var feed in Feeds(district)) Write(feed.FileName, stream => WriteAttendance(district, feed, stream));
        Write(Observations, stream => WriteObservations(district, stream));
        Write(DistrictConfig, stream => WriteDistrictConfig(district, stream));

        void Write(string name, Action<Stream> write)
        {
            using var stream = open(name);
            write(stream);
        }
    }

    public static void WriteCalendar(DemoDistrict district, Stream stream)
    {
        using var rows = new Utf8Rows(stream);
        rows.Add("date,schoolId,instructional,reason\n"u8);
        foreach (var school in district.Schools)
            foreach (var day in school.Calendar.Weekdays)
            {
                rows.Add(day.Date).Comma().Add(school.Id.Value).Comma().Add(day.IsInstructional ? "true"u8 : "false"u8).Comma().Add(day.Reason).EndRow();
            }
    }

    public static void WriteStudents(DemoDistrict district, Stream stream)
    {
        using var rows = new Utf8Rows(stream);
        rows.Add("studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName,classes\n"u8);
        foreach (var school in district.Schools)
            for (var slot = 0; slot < school.SlotCount; slot++)
            {
                var place = school.Slots[slot];
                var (given, family) = district.NameOf(place.Student);
                rows.Add(DemoDistrict.DigitsOf(place.Student)).Comma().Add(school.Id.Value).Comma();
                rows.Add(DemoDistrict.GradeOf(school, place.Student)).Comma().Add(school.Calendar.Days[place.EntryDay]).Comma();
                if (place.ExitDay is { } exit) rows.Add(school.Calendar.Days[exit]);
                rows.Comma().Add(given).Comma().Add(family).Comma().Add(DemoStaff.ClassOf(school, slot)).EndRow();
            }
    }

    public static void WriteStaff(DemoDistrict district, Stream stream)
    {
        using var rows = new Utf8Rows(stream);
        rows.Add("staffId,displayName,roles,schools,classes,caseloadGrades,deputy,userPrincipalName\n"u8);
        foreach (var member in DemoStaff.Of(district))
            rows.Add(member.Id).Comma().Add(member.Name).Comma()
                .Add(string.Join(';', member.Roles.Select(Roles.NameOf))).Comma().Add(string.Join(';', member.Schools)).Comma()
                .Add(string.Join(';', member.Classes)).Comma().Add(string.Join(';', member.CaseloadGrades)).Comma().Add(member.Deputy ?? "").Comma()
                .Add(member.Address).EndRow();
    }

    /// <summary>Day by day, school by school. A register has a row for every session of every pupil on roll; an exceptions
    /// feed only for those not simply present.</summary>
    public static void WriteAttendance(DemoDistrict district, DemoFeed feed, Stream stream)
    {
        using var rows = new Utf8Rows(stream);
        rows.Add(feed.Style == DemoStyle.England
            ? "date,schoolId,studentUniqueId,session,code\n"u8
            : "date,schoolId,studentUniqueId,code\n"u8);
        var schools = district.Schools.Where(school => school.Style == feed.Style).ToArray();
        for (var date = feed.Coverage.From; date <= feed.Coverage.To; date = date.AddDays(1))
            foreach (var school in schools)
                if (school.Calendar.Days.IndexOf(date) is >= 0 and var day)
                    WriteDay(rows, school, day, feed.Kind == FeedKind.Exceptions);
    }

    private static void WriteDay(Utf8Rows rows, DemoSchool school, int day, bool exceptionsOnly)
    {
        var prefix = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{school.Calendar.Days[day]:O},{school.Id.Value},"));
        for (var session = 0; session < school.SessionsPerDay; session++)
        {
            var sessionColumn = school.SessionsPerDay == 1 ? ","u8 : session == 0 ? ",AM,"u8 : ",PM,"u8;
            var codes = DemoMarks.CodesOf(school.Style, session);
            var marks = school.Session(day, session);
            var slots = school.Slots;
            for (var slot = 0; slot < marks.Length; slot++)
            {
                var mark = marks[slot];
                if (mark == DemoMark.NotOnRoll || (exceptionsOnly && mark == DemoMark.Present)) continue;
                rows.Add(prefix).Add(DemoDistrict.DigitsOf(slots[slot].Student)).Add(sessionColumn).Add(codes[(int)mark]).EndRow();
            }
        }
    }

    public static void WriteObservations(DemoDistrict district, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        foreach (var form in district.Observations)
        {
            json.WriteStartObject();
            json.WriteString("date"u8, form.Date.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("studentUniqueId"u8, form.Student.Value);
            json.WriteString("observer"u8, form.Observer);
            json.WriteStartObject("items"u8);
            for (var item = 0; item < form.Items.Count; item++)
            {
                json.WritePropertyName((item + 1).ToString(CultureInfo.InvariantCulture));
                if (form.Items[item] is { } answer) json.WriteNumberValue(answer);
                else json.WriteNullValue();
            }
            json.WriteEndObject();
            json.WriteBoolean("safeguarding"u8, false);
            json.WriteEndObject();
            json.Flush();
            stream.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    /// <summary>The district's settings: its own legal basis, and the families that opted out.</summary>
    public static void WriteDistrictConfig(DemoDistrict district, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartObject("legalBasis"u8);
        json.WriteString("kind"u8, "demonstration"u8);
        json.WriteString("text"u8, DemoDistrict.LegalBasis);
        json.WriteEndObject();
        json.WriteStartObject("profile"u8);
        json.WriteString("name"u8, DemoDistrict.Name);
        json.WriteEndObject();
        WriteSafeguarding(json);
        json.WriteStartArray("codeSets"u8);
        foreach (var feed in Feeds(district)) json.WriteStringValue(feed.Profile);
        json.WriteEndArray();
        json.WriteStartArray("optOuts"u8);
        foreach (var student in district.OptOuts) json.WriteStringValue(student.Value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Made-up people, with numbers that no telephone has.</summary>
    private static void WriteSafeguarding(Utf8JsonWriter json)
    {
        json.WriteStartObject("safeguarding"u8);
        WriteContact(json, "district"u8, "Morgan Hale, district office", "555-0100");
        json.WriteStartObject("everySchool"u8);
        WriteContact(json, "lead"u8, "The safeguarding lead, school office", "555-0111");
        WriteContact(json, "deputy"u8, "The deputy, school office", "555-0112");
        WriteContact(json, "aboutStaff"u8, "The head of school", "555-0113");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteContact(Utf8JsonWriter json, ReadOnlySpan<byte> field, string name, string phone)
    {
        json.WriteStartObject(field);
        json.WriteString("name"u8, name);
        json.WriteString("phone"u8, phone);
        json.WriteEndObject();
    }

    private static Coverage CoverageOf(DemoDistrict district) => new(district.FirstSchoolDay, district.LastSchoolDay);
}
