using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Erasure;

/// <summary>A school with a pupil of whom something lies in every place there is, and neighbours who are to stay as they are.</summary>
internal sealed class ErasureRig : IAsyncDisposable
{
    public const string Number = "QX-77123";
    public const string Name = "Quillonette";
    public const string Note = "sitzt-am-Fenster-canary";
    public const string Neighbour = "QX-771230";

    public static readonly DateOnly Today = new(2026, 2, 13);
    public static readonly SchoolId North = SchoolId.Parse("North");
    public static readonly SchoolYear Year = SchoolYear.Containing(Today);
    public static readonly StaffId Teacher = StaffId.Parse("tom");

    private static readonly FeedRequest Roster = new(FeedContent.Roster, FileName: "students.csv");
    private static readonly FeedRequest Register = new(FeedContent.Attendance, "us-daily", FeedKind.Register, FileName: "a.csv");

    private readonly bool ownsFolder;

    private ErasureRig(TempFolder folder, bool ownsFolder, Action<IServiceCollection>? configure)
    {
        Folder = folder;
        this.ownsFolder = ownsFolder;
        App = new LocalApp(Today, data: folder.Path, configure: configure);
    }

    public TempFolder Folder { get; }

    public LocalApp App { get; }

    public StudentKey Pupil { get; private set; }

    public static StudentUniqueId Id { get; } = StudentUniqueId.Parse(Number);

    public static ErasureRig Open(TempFolder folder, Action<IServiceCollection>? configure = null) => new(folder, ownsFolder: false, configure);

    public static async Task<ErasureRig> SeedAsync(Action<IServiceCollection>? configure = null)
    {
        var rig = new ErasureRig(new TempFolder(), ownsFolder: true, configure);
        await rig.SeedAsync();
        return rig;
    }

    public T Get<T>() where T : notnull => App.Get<T>();

    public static string StudentsCsv => $"studentUniqueId,schoolId,enrolDate,givenName,familyName,classes\n{Number},North,2025-09-01,{Name},Lamp,7A\n{Neighbour},North,2025-09-01,Ben,Stays,7A\nn2,North,2025-09-01,Cy,Remains,7A\n";

    public static string AttendanceCsv(string day) =>
        $"date,schoolId,studentUniqueId,code\n{day},North,{Neighbour},A\n{day},North,{Number},A\n{day},North,n2,A\n{day},North,\"{Number}\",A,one too many\n";

    public Task<FeedReport> SendRosterAsync() => App.SendAsync(StudentsCsv, Roster);

    public Task<FeedReport> SendAttendanceAsync(string day) => App.SendAsync(AttendanceCsv(day), Register);

    private async Task SeedAsync()
    {
        var staff = Get<StaffStore>();
        await Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        await Get<SafeguardingContactStore>().SetDistrictAsync(new SafeguardingContact("Ms Hall", "555-0100"), new SchoolSafeguarding(null, null, null, "911"), default);
        await SendRosterAsync();
        await SendAttendanceAsync("2026-02-09");
        await App.SendAsync(AttendanceCsv("2026-01-12").Replace(",", ";", StringComparison.Ordinal), Register);
        // A bundle that is refused as attendance lies in the archive all the same, as do records of another format.
        await App.SendAsync($$"""
            <?xml version="1.0" encoding="UTF-8"?>
            <InterchangeStudentParent xmlns="http://ed-fi.org/5.2.0">
              <Student><StudentUniqueId>{{Number}}</StudentUniqueId><Name><FirstName>{{Name}}</FirstName><LastSurname>Lamp</LastSurname></Name></Student>
              <Student><StudentUniqueId>n2</StudentUniqueId><Name><FirstName>Cy</FirstName><LastSurname>Remains</LastSurname></Name></Student>
            </InterchangeStudentParent>
            """, Roster with { FileName = "s.xml" });
        await App.SendAsync($$"""[{"studentUniqueId":"{{Number}}","firstName":"{{Name}}","lastSurname":"Lamp"},{"studentUniqueId":"n2","firstName":"Cy","lastSurname":"Remains"}]""", Roster with { FileName = "s.json" });
        await App.SendAsync($$"""
            {"date":"2026-02-10","studentUniqueId":"{{Number}}","observer":"t-1","items":{"1":3,"2":4,"3":3,"4":2},"note":"{{Note}}"}
            {"date":"2026-02-10","studentUniqueId":"n2","observer":"t-1","items":{"1":0},"note":"all is well"}
            {"date":"2026-02-11","studentUniqueId":"{{Number}}","observer":"t-1","items":{},"safeguarding":true,"note":"{{Note}}"}

            """, new FeedRequest(FeedContent.Observations, FileName: "forms.jsonl"));
        Pupil = (await Get<StudentDirectory>().FindAsync(Id, default))!.Value;
        await staff.SaveAsync(
            new StaffMember(Teacher, "tom", "Tom", new HashSet<Role> { Role.Teacher, Role.Counsellor, Role.SafeguardingLead }, new HashSet<SchoolId> { North })
            {
                UserPrincipalName = "tom@district.example",
                Classes = [new SchoolClass(North, ClassId.Parse("7A"))],
                Caseload = new Caseload([], new HashSet<StudentKey> { Pupil, (await Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("n2"), default))!.Value }),
            },
            null, default);
        await Get<DistrictSettingsStore>().ChangeAsync((s, _) => ValueTask.FromResult(s with { OptOuts = new HashSet<StudentKey>(s.OptOuts) { Pupil } }), default);

        var items = Enumerable.Repeat<byte?>(2, 13).ToList();
        var by = new Authority(AuditActor.Staff(Teacher.Value), [Role.Teacher], null);
        await Get<ObservationStore>().SaveConcernAsync(new SafeguardingConcern(Guid.NewGuid(), Pupil, North, Today, Teacher.Value, Note, new DateTimeOffset(Today, new TimeOnly(9, 0), TimeSpan.Zero)), [], default);
        var form = new StoredObservation(new Observation(ObservationId.New(), Pupil, North, Today, Teacher.Value, items), Note) { SubmittedAt = new DateTimeOffset(Today, new TimeOnly(9, 0), TimeSpan.Zero) };
        await Get<OwnSubmissions>().ClaimAsync(Teacher.Value, new OwnSubmission(form.Observation.Id, Pupil, North, Today, form.SubmittedAt!.Value), "hash", default);
        await Get<ObservationStore>().SaveAsync(form, [], default);
        var stored = (await Get<ObservationStore>().FindAsync(Pupil, North, Today, form.Observation.Id, default))!;
        await Get<ObservationStore>().ReplaceAsync(stored, stored.Form with { Note = Note + " corrected", Revision = 2 }, [], default);
        await ReferAsync(by);
        await App.WorkAsync();
        await LeaveBehindAsync();
    }

    private async Task ReferAsync(Authority by)
    {
        var trigger = new Trigger(
            "absence.severe", RuleFamily.Absence, "last45AbsenceRate", 0.25m, 0.20m, Today.AddDays(-60), Today, [Today.AddDays(-1), Today], 4, false, "Absence falls below 20 %.");
        var result = new ScreeningResult(Pupil, North, Today, Level.High, 4m, null, [trigger], [], 0.97m, RuleSet.Starting.Version);
        var made = (ReferralChange.Made)await Get<ReferralStore>().ApplyAsync(result, _ => result, DistrictCapacity.Unlimited, default);
        await App.WorkAsync();
        var taker = StepTaker.Of(by, Today, null);
        await Get<ReferralStore>().TakeAsync(Pupil, made.After.Id, new CaseStep.Acknowledge(), taker, default);
        await Get<ReferralStore>().TakeAsync(Pupil, made.After.Id, new CaseStep.AddNote(CaseText.Parse(Note), false), taker, default);
    }

    /// <summary>A message that waits (for its time, as only urgent ones may while the rest is worked), one put aside, a failure, and an outbox row nobody has relayed.</summary>
    private async Task LeaveBehindAsync()
    {
        var envelope = Envelope.First($"observation|{Pupil}", ObservationStore.PupilKind, ("district", "test"), ("student", Pupil.ToString()), ("school", "North"), ("date", "2026-02-13"));
        var later = new DateTimeOffset(Today.AddDays(30), TimeOnly.MinValue, TimeSpan.Zero);
        await Get<IMessageSender>().SendAsync(QueueName.Urgent, [envelope.ToMessage(later)], default);
        await Get<FailureStore>().AddAsync(new Failure(QueueName.Screenings.Value, $"failed {Pupil}", "pupil", "X", 10, later, envelope.ToJson()), default);
        var queue = Get<SqliteMessageQueue>();
        await Get<IMessageSender>().SendAsync(QueueName.Referrals, [(envelope with { Key = $"dead {Pupil}" }).ToMessage()], default);
        foreach (var message in await queue.ReceiveAsync(QueueName.Referrals, 1, TimeSpan.FromMinutes(1), default)) await queue.DeadLetterAsync(message, "test", default);
        var partition = Get<PupilPartitions>().Of(Pupil);
        await Get<ITableStore>().CommitAsync(TableName.Pupils, partition, [Outbox.Row(QueueName.Urgent, envelope with { Key = $"outbox {Pupil}" }, later)], default);
        await Get<ITableStore>().CommitAsync(TableName.Pupils, partition, [Inbox.Row(envelope with { Key = $"inbox|{Pupil}" }, later)], default);
    }

    /// <summary>Every row of the database, as the file has it, or of the emulator: table, partition, key, body.</summary>
    public IReadOnlyList<(string Table, string Partition, string Key, byte[] Body)> Rows()
    {
        if (StoreSwitch.RowsInEmulator(Folder.Path) is { } held) return held;
        var rows = new List<(string, string, string, byte[])>();
        using var connection = new SqliteConnection($"Data Source={DatabaseFile};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT p.table_name, p.key, e.key, e.body FROM entry e JOIN partition p ON p.id = e.partition";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add((reader.GetString(0), Encoding.UTF8.GetString((byte[])reader[1]), Encoding.UTF8.GetString((byte[])reader[2]), (byte[])reader[3]));
        return rows;
    }

    public string DatabaseFile => Directory.GetFiles(Folder.Path, "*.db").Concat(Directory.GetFiles(Folder.Path, "*.sqlite")).Single();

    /// <summary>The data folder with the archive in it, wherever that lies.</summary>
    public async Task<string> ShownAsync()
    {
        await StoreSwitch.ShowArchiveAsync(Folder.Path);
        return Folder.Path;
    }

    /// <summary>Files of the data folder that hold a text, in UTF-8 or UTF-16.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, params string[] texts)
    {
        byte[][] wanted = [.. texts.SelectMany(text => new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text) })];
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (wanted.Any(text => bytes.AsSpan().IndexOf(text) >= 0)) found.Add(Path.GetRelativePath(folder, file));
        }
        return found;
    }

    /// <summary>Rows that hold the pupil's key in any form it is written in.</summary>
    public IReadOnlyList<string> RowsWithKey() => RowsWithKey(Pupil);

    public IReadOnlyList<string> RowsWithKey(StudentKey student)
    {
        var hex = student.ToString();
        byte[] raw = student.Value.ToByteArray();
        byte[][] forms = [Encoding.ASCII.GetBytes(hex), Encoding.ASCII.GetBytes(student.Value.ToString("D")), raw];
        return
        [
            .. Rows().Where(row => row.Key.Contains(hex, StringComparison.Ordinal) || forms.Any(form => row.Body.AsSpan().IndexOf(form) >= 0) || InBase64(row.Body, raw))
                .Select(row => $"{row.Table} {row.Partition} {row.Key}"),
        ];
    }

    /// <summary>Wherever in a longer run of bytes it begins, two thirds of its base64 are the same.</summary>
    private static bool InBase64(byte[] body, byte[] raw)
    {
        for (var shift = 0; shift < 3; shift++)
        {
            var text = Convert.ToBase64String([.. new byte[shift], .. raw]);
            if (body.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text[4..20])) >= 0) return true;
        }
        return false;
    }

    public async Task<string> MarksOfNeighbourAsync()
    {
        var key = (await Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(Neighbour), default))!.Value;
        var year = (await Get<PupilMarks>().ReadAsync(North, Year, key, default))!;
        return string.Join(' ', year.Marks.Select(mark => $"{mark.Date:MM-dd}{mark.Mark.Category}"));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        if (ownsFolder) Folder.Dispose();
    }
}
