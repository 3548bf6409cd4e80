using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Tests.Attendance;

public sealed class MarkTests
{
    [Theory]
    [InlineData(MarkCategory.Unknown, false, false, false)]
    [InlineData(MarkCategory.Present, true, false, true)]
    [InlineData(MarkCategory.Late, true, false, true)]
    [InlineData(MarkCategory.LeftEarly, true, false, true)]
    [InlineData(MarkCategory.Partial, true, false, true)]
    [InlineData(MarkCategory.Absent, false, true, true)]
    [InlineData(MarkCategory.NotRequired, false, false, false)]
    public void Class_OfEveryCategory_IsAsDefined(MarkCategory category, bool attending, bool absent, bool possible)
    {
        var mark = new Mark(category);
        Assert.Equal((attending, absent, possible), (mark.IsAttending, mark.IsAbsent, mark.IsPossible));
    }

    [Fact]
    public void IsUnauthorised_EveryReason_FollowsItsValue()
    {
        foreach (var reason in Enum.GetValues<MarkReason>())
        {
            Assert.Equal((int)reason >= 16, new Mark(MarkCategory.Absent, reason).IsUnauthorised);
            Assert.False(new Mark(MarkCategory.Present, reason).IsUnauthorised);
        }
    }

    [Fact]
    public void Greater_TwoMarksOfOneFeed_TheGreaterAbsenceHolds()
    {
        var excused = new Mark(MarkCategory.Absent, MarkReason.AuthorisedOther);
        var partial = new Mark(MarkCategory.Partial);
        Assert.Equal(excused, Mark.Greater(excused, partial));
        Assert.Equal(excused, Mark.Greater(partial, excused));
        Assert.Equal(partial, Mark.Greater(partial, Mark.Present));
        Assert.Equal(Mark.Present, Mark.Greater(Mark.Unknown, Mark.Present));
    }
}
