using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Tests.Attendance.CodeSets;

public sealed class CodeSetTests
{
    private static CodeSet Set(string id) => CodeSetLibrary.Shipped.Find(id)!;

    private static Mark Find(string set, string code, string reason = "")
    {
        Assert.True(Set(set).TryFind(code, reason, out var mark), $"{set} does not hold '{code}' '{reason}'.");
        return mark;
    }

    [Theory]
    [InlineData(@"/ \ B K P V W J", MarkCategory.Present, false)]
    [InlineData("L", MarkCategory.Late, false)]
    [InlineData("C C1 C2 E I J1 M R S T H F", MarkCategory.Absent, false)]
    [InlineData("G N O U", MarkCategory.Absent, true)]
    [InlineData("Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 Y D X Z #", MarkCategory.NotRequired, false)]
    public void TryFind_EnglandCodes_HaveTheirClass(string codes, MarkCategory category, bool unauthorised)
    {
        foreach (var code in codes.Split(' '))
        {
            var mark = Find("england-2024", code);
            Assert.Equal((category, unauthorised), (mark.Category, mark.IsUnauthorised));
        }
    }

    [Theory]
    [InlineData("england-2024", "U", MarkReason.LateAfterClose)]
    [InlineData("england-2024", "N", MarkReason.NoReasonYet)]
    [InlineData("england-2024", "C2", MarkReason.PartTimeTimetable)]
    [InlineData("england-2024", "V", MarkReason.ApprovedActivity)]
    [InlineData("england-2024", "/", MarkReason.None)]
    [InlineData("us-daily", "OSS", MarkReason.Suspended)]
    public void TryFind_Code_HasItsReason(string set, string code, MarkReason reason) => Assert.Equal(reason, Find(set, code).Reason);

    [Theory]
    [InlineData("ed-fi", "Excused Absence")]
    [InlineData("ed-fi", "uri://ed-fi.org/AttendanceEventCategoryDescriptor#Excused Absence")]
    [InlineData("us-daily", "  ae ")]
    [InlineData("us-daily", "=\"E\"")]
    [InlineData("us-daily", "'e")]
    [InlineData("sif", "Absent/Excused")]
    [InlineData("ceds", "excusedabsence")]
    public void TryFind_ExcusedInEveryDress_IsAuthorised(string set, string code) =>
        Assert.Equal(new Mark(MarkCategory.Absent, MarkReason.AuthorisedOther), Find(set, code));

    [Theory]
    [InlineData("us-daily", "")]
    [InlineData("us-daily", "   ")]
    [InlineData("us-daily", "QQ")]
    [InlineData("us-daily", "é")]
    [InlineData("england-2024", "A")]
    [InlineData("england-2024", "C9")]
    public void TryFind_UnmappedOrEmpty_IsUnknown(string set, string code)
    {
        Assert.False(Set(set).TryFind(code, out var mark));
        Assert.Equal(Mark.Unknown, mark);
    }

    [Theory]
    [InlineData("ceds", "ExcusedAbsence", "13295", MarkReason.Illness)]
    [InlineData("ceds", "UnexcusedAbsence", "13302", MarkReason.Skipping)]
    [InlineData("ceds", "UnexcusedAbsence", "13295", MarkReason.UnauthorisedOther)]
    [InlineData("ceds", "ExcusedAbsence", "13302", MarkReason.AuthorisedOther)]
    [InlineData("infinite-campus", "Absent", "Unexcused", MarkReason.UnauthorisedOther)]
    [InlineData("infinite-campus", "Absent", "unknown", MarkReason.NoReasonYet)]
    [InlineData("sif", "Absent", "Excused", MarkReason.AuthorisedOther)]
    public void TryFind_CodeWithReason_StaysInItsClass(string set, string code, string reason, MarkReason expected) =>
        Assert.Equal(new Mark(MarkCategory.Absent, expected), Find(set, code, reason));

    [Fact]
    public void TryFind_PairTheSetDoesNotHold_IsUnknown()
    {
        Assert.False(Set("infinite-campus").TryFind("Absent", "Whatever", out var mark));
        Assert.Equal(Mark.Unknown, mark);
    }

    [Fact]
    public void Shipped_EverySet_NamesItsSource() =>
        Assert.All(CodeSetLibrary.Shipped.All, set => Assert.True(set.Source.Length > 20 && set.Entries.All(entry => entry.Says.Length > 0), set.Id));

    [Fact]
    public void Load_CaseMatters_KeepsBothLetters()
    {
        var set = Assert.IsType<CodeSetLoad.Loaded>(CodeSet.Load(
            """{ "id": "own", "source": "our office", "caseMatters": true, "entries": { "a": { "mark": "present" }, "A": { "mark": "absent", "reason": "illness" } } }""", "own.json")).CodeSet;
        Assert.True(set.TryFind("a", out var small));
        Assert.True(set.TryFind("A", out var large));
        Assert.Equal((MarkCategory.Present, MarkCategory.Absent), (small.Category, large.Category));
    }

    [Fact]
    public void Load_FaultySet_TellsEveryFaultWithFileEntryAndField()
    {
        var errors = Assert.IsType<CodeSetLoad.Invalid>(CodeSet.Load(
            """{ "id": "own", "colour": 1, "entries": { "A": { "mark": "away" }, "a": { "mark": "absent", "reason": "sick", "note": "" } } }""", "own.json")).Errors;
        Assert.All(errors, error => Assert.StartsWith("own.json", error, StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("'colour'", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("source is missing", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("entry 'A', mark", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("entry 'a': the code stands twice", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("entry 'a', reason", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("entry 'a', 'note'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"id\": ")]
    [InlineData("""{ "id": "own", "source": "x", "entries": {} }""")]
    [InlineData("""{ "id": "own", "source": "x", "entries": { " ": { "mark": "present" } } }""")]
    public void Load_NotASet_IsInvalid(string json) => Assert.IsType<CodeSetLoad.Invalid>(CodeSet.Load(json, "own.json"));

    [Fact]
    public void With_DistrictSetOfAShippedId_ReplacesIt()
    {
        var own = Assert.IsType<CodeSetLoad.Loaded>(CodeSet.Load(
            """{ "id": "us-daily", "source": "our office", "entries": { "Q": { "mark": "present" } } }""", "own.json")).CodeSet;
        Assert.Same(own, CodeSetLibrary.Shipped.With([own]).Find("US-Daily"));
    }

    [Fact]
    public void TryFind_HotPath_AllocatesNothing()
    {
        var set = Set("england-2024");
        set.TryFind("C2", out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            set.TryFind("I", out _);
            set.TryFind("C2", out _);
            set.TryFind("=\"Y1\"", out _);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
