using SchoolSignal.Domain.Notifications;

namespace SchoolSignal.Domain.Tests.Notifications;

public sealed class SendingWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 19, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_RoutineUpToItsShare_TheNextWaitsUntilTheFirstIsAMinuteOld()
    {
        var (window, _) = TakeMany(SendingShare.Routine, 22, Start);

        var (_, turn) = window.Take(SendingShare.Routine, Guid.NewGuid(), Start.AddSeconds(30));

        Assert.Equal(Start.AddMinutes(1), Assert.IsType<SendingTurn.Later>(turn).At);
    }

    [Fact]
    public void Take_ExactlyAMinuteLater_ThePlaceIsFree()
    {
        var (window, _) = TakeMany(SendingShare.Routine, 22, Start);

        Assert.IsType<SendingTurn.Later>(window.Take(SendingShare.Routine, Guid.NewGuid(), Start.AddMinutes(1).AddTicks(-1)).Turn);
        Assert.IsType<SendingTurn.Now>(window.Take(SendingShare.Routine, Guid.NewGuid(), Start.AddMinutes(1)).Turn);
    }

    [Fact]
    public void Take_RoutineHasUsedItsShare_UrgentStillGoesUpToThirtyInAll()
    {
        var (window, _) = TakeMany(SendingShare.Routine, 22, Start);

        var (full, taken) = TakeMany(SendingShare.Urgent, 9, Start, window);

        Assert.Equal(8, taken);
        Assert.Equal(30, full.Calls.Count);
    }

    [Fact]
    public void Take_Digest_LeavesTheOthersTheirPart()
    {
        Assert.Equal(12, TakeMany(SendingShare.Digest, 30, Start).Taken);
        Assert.Equal(22, TakeMany(SendingShare.Routine, 30, Start).Taken);
        Assert.Equal(30, TakeMany(SendingShare.Urgent, 40, Start).Taken);
    }

    [Fact]
    public void Take_CallsStillOpen_ThreeAtATimeAndTheFourthIsUrgent()
    {
        var window = SendingWindow.Empty;
        for (var i = 0; i < 3; i++) (window, _) = window.Take(SendingShare.Routine, Guid.NewGuid(), Start);

        Assert.IsType<SendingTurn.Later>(window.Take(SendingShare.Routine, Guid.NewGuid(), Start).Turn);
        (window, var urgent) = window.Take(SendingShare.Urgent, Guid.NewGuid(), Start);
        Assert.IsType<SendingTurn.Now>(urgent);
        Assert.IsType<SendingTurn.Later>(window.Take(SendingShare.Urgent, Guid.NewGuid(), Start).Turn);
    }

    [Fact]
    public void Take_CallsOfADeadProcess_AreFreeAfterTwoMinutes()
    {
        var window = SendingWindow.Empty;
        for (var i = 0; i < 3; i++) (window, _) = window.Take(SendingShare.Routine, Guid.NewGuid(), Start);

        Assert.IsType<SendingTurn.Later>(window.Take(SendingShare.Routine, Guid.NewGuid(), Start + SendingWindow.LongestCall - TimeSpan.FromTicks(1)).Turn);
        Assert.IsType<SendingTurn.Now>(window.Take(SendingShare.Routine, Guid.NewGuid(), Start + SendingWindow.LongestCall).Turn);
    }

    [Fact]
    public void GiveBack_ServiceAskedForRest_NobodySendsBefore()
    {
        var lease = Guid.NewGuid();
        var (window, _) = SendingWindow.Empty.Take(SendingShare.Routine, lease, Start);
        window = window.GiveBack(lease, Start.AddSeconds(90), Start.AddSeconds(1));

        Assert.Equal(Start.AddSeconds(90), Assert.IsType<SendingTurn.Later>(window.Take(SendingShare.Urgent, Guid.NewGuid(), Start.AddSeconds(89)).Turn).At);
        Assert.IsType<SendingTurn.Now>(window.Take(SendingShare.Urgent, Guid.NewGuid(), Start.AddSeconds(90)).Turn);
    }

    private static (SendingWindow Window, int Taken) TakeMany(SendingShare share, int count, DateTimeOffset now, SendingWindow? from = null)
    {
        var (window, taken) = (from ?? SendingWindow.Empty, 0);
        for (var i = 0; i < count; i++)
        {
            var lease = Guid.NewGuid();
            (window, var turn) = window.Take(share, lease, now);
            if (turn is not SendingTurn.Now) continue;
            taken++;
            window = window.GiveBack(lease, null, now);
        }
        return (window, taken);
    }
}
