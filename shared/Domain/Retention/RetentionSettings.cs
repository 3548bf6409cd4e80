namespace SchoolSignal.Domain.Retention;

/// <summary>How long things are kept. Everything is kept through its last day, inclusive, and goes in the first run after it. The reasons
/// for the defaults stand in docs/operations.md.</summary>
/// <param name="FeedFileDays">Files as they were sent, and what was made of them, since their arrival. 30 to 3650.</param>
/// <param name="RecordMonthsAfterLeaving">A pupil's forms, results and referrals, since the last day on any roll; never while a referral
/// is open, and never a safeguarding concern. 0 to 240.</param>
/// <param name="NotificationDays">What was told to whom, since it was. 30 to 3650.</param>
/// <param name="InboxDays">That a piece of work is done; longer than anybody may replay it. 30 to 3650.</param>
/// <param name="FailureDays">Work given up that nobody waits for; what a school's screening waits for stays until somebody decides. 7 to 3650.</param>
/// <param name="RegisterYears">Registers and school-day counts of a school year, since its last day. 2 to 30.</param>
public sealed record RetentionSettings(int FeedFileDays, int RecordMonthsAfterLeaving, int NotificationDays, int InboxDays, int FailureDays, int RegisterYears = RetentionSettings.DefaultRegisterYears)
{
    public const int MostDays = 3650;

    public const int DefaultRegisterYears = 6;

    public static RetentionSettings Default { get; } = new(400, 12, 400, 400, 90);
}
