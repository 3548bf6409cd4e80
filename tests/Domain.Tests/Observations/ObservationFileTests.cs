using System.Text;
using CsCheck;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Domain.Tests.Observations;

public sealed class ObservationFileTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    private static Task<List<ObservationLine>> ReadAsync(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<List<ObservationLine>> ReadAsync(byte[] bytes)
    {
        var lines = new List<ObservationLine>();
        await foreach (var line in ObservationFile.ReadAsync(new MemoryStream(bytes), Today, CancellationToken.None)) lines.Add(line);
        return lines;
    }

    private static string Line(
        string date = "\"2026-03-10\"", string student = "\"604822\"", string observer = "\"t-17\"", string items = "{\"1\":3,\"2\":null,\"13\":0}",
        string safeguarding = "false", string more = "") =>
        $"{{\"date\":{date},\"studentUniqueId\":{student},\"observer\":{observer},\"items\":{items},\"safeguarding\":{safeguarding}{more}}}\n";

    [Fact]
    public async Task Read_GoodLine_GivesTheForm()
    {
        var form = Assert.IsType<ObservationLine.Form>(Assert.Single(await ReadAsync("\uFEFF" + Line(more: ",\"schoolId\":255901001,\"id\":\"k1\",\"note\":\"quiet\\nlately\""))));
        Assert.Equal((1, "604822", "255901001", Today, "t-17"), (form.RowNumber, form.Student.Value, form.School!.Value.Value, form.Date, form.Observer));
        Assert.Equal<byte?>([3, null, null, null, null, null, null, null, null, null, null, null, 0], form.Items);
        Assert.Equal(("quiet\nlately", "k1"), (form.Note, form.SenderKey));
    }

    [Fact]
    public async Task Read_OptionalFieldsAbsent_GivesTheForm()
    {
        var form = Assert.IsType<ObservationLine.Form>(Assert.Single(await ReadAsync(
            "{\"date\":\"2026-03-10\",\"studentUniqueId\":7,\"observer\":\"t\",\"items\":{}}")));
        Assert.Equal("7", form.Student.Value);
        Assert.All(form.Items, item => Assert.Null(item));
    }

    public static TheoryData<string, RefusalReason, string> BadLines() => new()
    {
        { "not json\n", RefusalReason.InvalidRecord, "line" },
        { "[]\n", RefusalReason.InvalidRecord, "line" },
        { Line().TrimEnd() + " {}\n", RefusalReason.InvalidRecord, "line" },
        { "\0\n", RefusalReason.InvalidRecord, "line" },
        { Line(student: "null"), RefusalReason.InvalidStudent, "studentUniqueId" },
        { Line(student: "\" \""), RefusalReason.InvalidStudent, "studentUniqueId" },
        { Line(student: "\"\\uD800\""), RefusalReason.InvalidRecord, "line" },
        { "{\"date\":\"2026-03-10\",\"observer\":\"t\",\"items\":{}}\n", RefusalReason.MissingStudent, "studentUniqueId" },
        { "{\"studentUniqueId\":\"1\",\"observer\":\"t\",\"items\":{}}\n", RefusalReason.MissingDate, "date" },
        { Line(date: "\"10/03/2026\""), RefusalReason.InvalidDate, "date" },
        { Line(date: "\"2026-02-30\""), RefusalReason.InvalidDate, "date" },
        { Line(date: "20260310"), RefusalReason.InvalidDate, "date" },
        { Line(date: "\"2026-03-11\""), RefusalReason.FutureDate, "date" },
        { Line(date: "\"2016-03-09\""), RefusalReason.TooOldDate, "date" },
        { Line(observer: "\"\""), RefusalReason.InvalidValue, "observer" },
        { Line(observer: "{\"a\":1}"), RefusalReason.InvalidValue, "observer" },
        { Line(items: "[1,2]"), RefusalReason.InvalidValue, "items" },
        { Line(items: "{\"0\":1}"), RefusalReason.InvalidValue, "items" },
        { Line(items: "{\"14\":1}"), RefusalReason.InvalidValue, "items" },
        { Line(items: "{\"3\":1,\"3\":2}"), RefusalReason.InvalidValue, "items.3" },
        { Line(items: "{\"3\":5}"), RefusalReason.InvalidValue, "items.3" },
        { Line(items: "{\"3\":-1}"), RefusalReason.InvalidValue, "items.3" },
        { Line(items: "{\"3\":1.5}"), RefusalReason.InvalidValue, "items.3" },
        { Line(items: "{\"3\":\"1\"}"), RefusalReason.InvalidValue, "items.3" },
        { Line(items: "{\"3\":{\"a\":[1]}}"), RefusalReason.InvalidValue, "items.3" },
        { Line(safeguarding: "\"maybe\""), RefusalReason.InvalidValue, "safeguarding" },
        { Line(more: ",\"safegarding\":true"), RefusalReason.InvalidRecord, "safegarding" },
        { Line(more: ",\"observer\":\"b\""), RefusalReason.InvalidRecord, "observer" },
        { Line(more: ",\"schoolId\":\"\""), RefusalReason.InvalidSchool, "schoolId" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task Read_BadLine_IsRefusedAndTheNextOneTaken(string line, RefusalReason reason, string field)
    {
        var lines = await ReadAsync(line + "\r\n" + Line());
        var refused = Assert.IsType<ObservationLine.Refused>(lines[0]);
        Assert.Equal((1, reason, field, line.TrimEnd('\n')), (refused.Row.RowNumber, refused.Row.Reason, refused.Row.Field, refused.Row.RawText));
        Assert.Equal(3, Assert.IsType<ObservationLine.Form>(lines[1]).RowNumber);
    }

    [Theory]
    [InlineData("\"2016-03-10\"")]
    [InlineData("\"2026-03-10\"")]
    public async Task Read_DateOnTheEdge_IsTaken(string date) => Assert.IsType<ObservationLine.Form>(Assert.Single(await ReadAsync(Line(date))));

    public static TheoryData<string> ConcernLines() => new()
    {
        Line(safeguarding: "true"),
        Line(safeguarding: "\"True\""),
        Line(safeguarding: "1"),
        Line(safeguarding: "true", items: "{\"3\":9}"),
        Line(safeguarding: "true", date: "\"yesterday\""),
        Line(safeguarding: "true", observer: "null"),
        Line(safeguarding: "true", more: ",\"safeguarding\":false"),
        Line(safeguarding: "true", more: ",\"mood\":3"),
        Line(safeguarding: "true").TrimEnd('}', '\n') + ",\n",
    };

    [Theory]
    [MemberData(nameof(ConcernLines))]
    public async Task Read_SafeguardingLine_IsAConcernWhateverElseIsWrong(string line) =>
        Assert.Equal("604822", Assert.IsType<ObservationLine.Concern>(Assert.Single(await ReadAsync(line))).Student.Value);

    [Theory]
    [InlineData("{\"safeguarding\": true}", true)]
    [InlineData("{\"Safeguarding\": true, broken", true)]
    [InlineData("{\"safeguarding\": false, broken", false)]
    [InlineData("broken", false)]
    public async Task Read_SafeguardingWithoutAPupil_IsRefusedAloud(string line, bool isAloud) =>
        Assert.Equal(isAloud, Assert.IsType<ObservationLine.Refused>(Assert.Single(await ReadAsync(line))).MayBeSafeguarding);

    [Fact]
    public async Task Read_LineOfTheGreatestLength_IsTakenAndALongerOneRefused()
    {
        var fits = Line().TrimEnd();
        fits += new string(' ', ObservationFile.MaxLine - fits.Length);
        var lines = await ReadAsync(fits + "\n" + fits + " \n" + new string('x', 10 * ObservationFile.MaxLine) + "\n" + Line() + new string('y', 3 * ObservationFile.MaxLine));
        Assert.Equal(
            [typeof(ObservationLine.Form), typeof(ObservationLine.Refused), typeof(ObservationLine.Refused), typeof(ObservationLine.Form), typeof(ObservationLine.Refused)],
            lines.Select(l => l.GetType()));
        Assert.Equal([1, 2, 3, 4, 5], lines.Select(l => l.RowNumber));
    }

    [Fact]
    public async Task Read_Utf16_IsRefusedAsAWhole()
    {
        var bytes = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Line())).ToArray();
        Assert.IsType<ObservationLine.FileRefused>(Assert.Single(await ReadAsync(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n  \n")]
    [InlineData("\uFEFF")]
    public async Task Read_NoLine_GivesNothing(string text) => Assert.Empty(await ReadAsync(text));

    [Fact]
    public async Task Read_AnyBytes_NeverThrowsAndAnswersEveryLine() =>
        await Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 3]).SampleAsync(async (bytes, cut) =>
        {
            var mixed = Encoding.UTF8.GetBytes(Line())[..^(1 + cut)].Append((byte)'\n').Concat(bytes).ToArray();
            var lines = await ReadAsync(mixed);
            Assert.InRange(lines.Count, 1, 1 + mixed.Count(b => b == '\n'));
        });

    [Fact]
    public async Task Read_ConformanceLines_NoneCrashesAndBadJsonIsRefused()
    {
        var folder = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_CONFORMANCE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "SCHOOLSIGNAL_CONFORMANCE_DATA is not set.");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder!, "json-parsing"), "*.json", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var line in await ReadAsync(bytes))
                Assert.False(line is ObservationLine.Form or ObservationLine.Concern, "A file of the parsing corpus is no form.");
        }
    }
}
