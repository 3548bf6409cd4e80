using System.IO.Compression;
using System.Text;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Attendance;

/// <summary>Bad input end to end: each has an outcome in the report, and none fails in the queue.</summary>
public sealed class BadFeedTests : IAsyncLifetime
{
    private const string Header = "date,schoolId,studentUniqueId,code\n";
    private const string Good = "2026-02-09,North,s1,I\n";

    private readonly LocalApp app = new(new DateOnly(2026, 2, 13));

    public async ValueTask InitializeAsync() => await app.SendAsync("studentUniqueId,schoolId,enrolDate\ns1,North,2025-09-01\ns2,North,2025-09-01\n", Roster);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Name, bytes, state, marks applied, rows refused.</summary>
    public static TheoryData<string, byte[], FeedState, long, long> Files => new()
    {
        { "byte order mark", [0xEF, 0xBB, 0xBF, .. Text(Header + Good)], FeedState.Complete, 1, 0 },
        { "UTF-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Header + Good)], FeedState.Complete, 1, 0 },
        { "UTF-16 without its mark", Encoding.Unicode.GetBytes(Header + Good), FeedState.Complete, 1, 0 },
        { "big-endian UTF-16 without its mark", Encoding.BigEndianUnicode.GetBytes(Header + Good), FeedState.Complete, 1, 0 },
        { "Shift-JIS", CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes("日付,学校,児童番号,区分\n2026-02-09,North,s1,欠席\n"), FeedState.Refused, 0, 0 },
        { "Latin-1 in a pupil's id", [.. Text(Header + Good + "2026-02-09,North,s"), 0xE9, .. Text(",I\n")], FeedState.Complete, 1, 1 },
        { "NUL", Text(Header + Good + "2026-02-09,North,s\0002,I\n"), FeedState.Complete, 1, 1 },
        { "ragged row", Text(Header + Good + "2026-02-09,North\n"), FeedState.Complete, 1, 1 },
        { "unterminated quote", Text(Header + Good + "2026-02-09,North,\"s2,I\n"), FeedState.Complete, 1, 1 },
        { "formula-wrapped code", Text(Header + "2026-02-09,North,s1,\"=\"\"I\"\"\"\n"), FeedState.Complete, 1, 0 },
        { "header only", Text(Header), FeedState.Refused, 0, 0 },
        { "duplicate header", Text("date,date,schoolId,studentUniqueId,code\n2026-02-09,2026-02-10,North,s1,I\n"), FeedState.Refused, 0, 0 },
        { "future date", Text(Header + Good + "2027-02-09,North,s1,I\n"), FeedState.Complete, 1, 1 },
        { "date fifty years back", Text(Header + Good + "1976-02-09,North,s1,I\n"), FeedState.Complete, 1, 1 },
        { "two marks for one session", Text(Header + Good + "2026-02-09,North,s1,/\n"), FeedState.Complete, 1, 0 },
        { "DTD", Text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><InterchangeStudentAttendance>&x;</InterchangeStudentAttendance>"), FeedState.Refused, 0, 0 },
        { "billion laughs", Text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>"), FeedState.Refused, 0, 0 },
        { "JSON garbage", Text("[{\"studentUniqueId\": }]"), FeedState.Refused, 0, 0 },
        { "deep JSON", Text(new string('[', 20_000)), FeedState.Refused, 0, 0 },
        { "binary", [0x7F, 0x45, 0x4C, 0x46, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], FeedState.Refused, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Feed_BadFile_HasItsOutcome(string name, byte[] file, FeedState state, long changed, long refused)
    {
        Assert.NotEmpty(name);
        var report = await app.SendAsync(new MemoryStream(file), Register);
        Assert.Equal((state, changed, refused), (report.Status.State, report.Changed, report.Refused));
        if (state == FeedState.Refused) Assert.NotEmpty(report.Status.Why!);
        AssertNothingWaits();
    }

    [Theory]
    [InlineData(932)]
    [InlineData(37)]
    public async Task Roster_InTheWrongEncoding_IsRefusedAndMakesNobody(int codePage)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(codePage)!
            .GetBytes("studentUniqueId,schoolId,enrolDate,familyName\nk1,North,2025-09-01," + (codePage == 932 ? "田中花子" : "Tanaka") + "\n");
        var report = await app.SendAsync(new MemoryStream(bytes), Roster);
        Assert.Equal((FeedState.Refused, 0L), (report.Status.State, report.Status.Taken));
        Assert.NotEmpty(report.Status.Why!);
        Assert.Null(await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse("k1"), default));
        AssertNothingWaits();
    }

    [Fact]
    public async Task RefusedRows_OfALargeFeed_AreWrittenAsTheyAreRead()
    {
        // Rows refused in reading, with their text, and rows refused in applying, whose text is looked up, one after another.
        var rows = string.Concat(Enumerable.Range(0, 6_000).Select(i => i % 2 == 0 ? $"2026-02-09,North,nobody{i},I\n" : $"never,North,s1,{i}\n"));
        var report = await app.SendAsync(Header + Good + rows, Register);
        Assert.Equal((1L, 6_000L), (report.Changed, report.Refused));
        using var destination = new Writes();
        await app.Get<RefusedRows>().WriteAsync(report, destination, default);
        Assert.True(destination.Largest < 64 * 1024, $"{destination.Largest} bytes at once");
        var lines = Encoding.UTF8.GetString(destination.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("refusedBecause," + Header.TrimEnd(), lines[0]);
        Assert.Equal(
            Enumerable.Range(0, 6_000).Select(i => i % 2 == 0 ? $"UnknownStudent: studentUniqueId,2026-02-09,North,nobody{i},I" : $"InvalidDate: date,never,North,s1,{i}"),
            lines.Skip(1));
    }

    /// <summary>Remembers how much was written at once.</summary>
    private sealed class Writes : MemoryStream
    {
        public int Largest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }

    [Fact]
    public async Task Feed_MarkOnAWeekendOrBeforeEntry_IsKeptAndReported()
    {
        var report = await app.SendAsync(Header + Good + "2026-02-07,North,s1,I\n2025-08-29,North,s1,I\n", Register);
        Assert.Equal((FeedState.Complete, 3L, 1L, 1L, 0L), (report.Status.State, report.Changed, report.OutsideCalendar, report.OutsideEnrollment, report.Refused));
    }

    [Theory]
    [InlineData("../../outside.csv", 10)]
    [InlineData("users.csv", 300_000_000)]
    public async Task Roster_HostileZip_IsRefusedWithWords(string entry, int size)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var manifest = zip.CreateEntry("manifest.csv").Open()) manifest.Write(Text("propertyName,value\noneroster.version,1.1\nfile.users,bulk\nfile.enrollments,bulk\n"));
            using var hostile = zip.CreateEntry(entry).Open();
            var zeros = new byte[1 << 20];
            for (var left = size; left > 0; left -= zeros.Length) hostile.Write(zeros, 0, Math.Min(left, zeros.Length));
        }
        stream.Position = 0;
        var report = await app.SendAsync(stream, Roster);
        Assert.Equal(FeedState.Refused, report.Status.State);
        Assert.NotEmpty(report.Status.Why!);
        AssertNothingWaits();
    }

    [Fact]
    public async Task Feed_Empty_IsNotTakenIn() =>
        Assert.IsType<IntakeResult.Empty>(await app.Get<FeedIntake>().ReceiveAsync(Stream.Null, Register, long.MaxValue, null, default));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task Feed_SizeAtItsLimit_IsInclusive(int size, bool taken)
    {
        var result = await app.Get<FeedIntake>().ReceiveAsync(new MemoryStream(new byte[size]), Register, 100, null, default);
        Assert.Equal(taken, result is IntakeResult.Accepted);
        Assert.Equal(taken, result is not IntakeResult.TooLarge);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private void AssertNothingWaits()
    {
        foreach (var queue in QueueName.All)
            Assert.Equal(new QueueCounts(0, 0, 0), app.Get<SqliteMessageQueue>().Count(queue));
    }
}
