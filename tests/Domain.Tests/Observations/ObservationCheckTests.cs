using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Observations;

public sealed class ObservationCheckTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    private static ObservationDraft Draft(string answers = "3-0400------2", string? note = null, bool? safeguarding = false, DateOnly? date = null) =>
        new(StudentKey.New(), date, [.. answers.Select(c => c == '-' ? (byte?)null : (byte)(c - '0'))], note, safeguarding);

    [Fact]
    public void Problems_GoodForm_HasNone() => Assert.Empty(ObservationCheck.Problems(Draft(), Today));

    [Theory]
    [InlineData("4444444444444", "", ObservationFault.SafeguardingUnanswered, false)]
    [InlineData("5---------9-1", "items.1 items.11", ObservationFault.ItemAnswer, true)]
    [InlineData("-------------", "items", ObservationFault.NothingSeen, true)]
    [InlineData("------------0", "", ObservationFault.NothingSeen, true)]
    [InlineData("111111111111", "items", ObservationFault.ItemCount, true)]
    [InlineData("11111111111111", "items", ObservationFault.ItemCount, true)]
    public void Problems_Answers_AreNamedByItem(string answers, string fields, ObservationFault fault, bool answered)
    {
        var problems = ObservationCheck.Problems(Draft(answers, safeguarding: answered ? false : null), Today);
        if (!answered) fields = "safeguarding";
        Assert.Equal(fields, string.Join(' ', problems.Select(p => p.Field)));
        Assert.All(problems, p => Assert.Equal(fault, p.Fault));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, ObservationFault.DateInFuture)]
    [InlineData(-60, null)]
    [InlineData(-61, ObservationFault.DateTooOld)]
    public void Problems_Date_IsOfTheLastSixtyDays(int days, ObservationFault? fault) =>
        Assert.Equal(fault, ObservationCheck.Problems(Draft(date: Today.AddDays(days)), Today).SingleOrDefault()?.Fault);

    [Theory]
    [InlineData(4000, false)]
    [InlineData(4001, true)]
    public void Problems_Note_IsFourThousandCharactersAtMost(int length, bool isTooLong)
    {
        var problems = ObservationCheck.Problems(Draft(note: new string('本', length)), Today);
        Assert.Equal(isTooLong, problems.Any(p => p is { Field: "note", Fault: ObservationFault.NoteTooLong }));
    }

    [Theory]
    [InlineData("  quiet \r\nsince March\r", "quiet \nsince March")]
    [InlineData("<b>bold</b> & \"q\"", "<b>bold</b> & \"q\"")]
    [InlineData("مرحبا \u200F\u202Bشيء\u202C 👩‍👧", "مرحبا \u200F\u202Bشيء\u202C 👩‍👧")]
    [InlineData("a\u0000b\u0007c\u000Bd", "abc\nd")]
    [InlineData(" \t\n", null)]
    [InlineData(null, null)]
    public void Clean_AnyText_StaysText(string? note, string? kept) => Assert.Equal(kept, ObservationNote.Clean(note));

    [Fact]
    public void Clean_HalfACharacter_IsMarked()
    {
        Assert.Equal("\uFFFD alone", ObservationNote.Clean("\uD83D alone"));
        Assert.Equal("alone \uFFFD", ObservationNote.Clean("alone \uDC67"));
    }
}
