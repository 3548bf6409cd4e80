namespace SchoolSignal.Pages.Referrals;

/// <summary>The steps of a case by their names in addresses, which their forms post to.</summary>
public static class Steps
{
    public const string Acknowledge = "acknowledge";
    public const string Assign = "assign";
    public const string Contact = "contact";
    public const string Note = "note";
    public const string Plan = "plan";
    public const string Finish = "finish";
    public const string Snooze = "snooze";
    public const string Wake = "wake";
    public const string Start = "start";
    public const string Close = "close";
    public const string HandOver = "handover";

    public static IReadOnlySet<string> All { get; } =
        new HashSet<string> { Acknowledge, Assign, Contact, Note, Plan, Finish, Snooze, Wake, Start, Close, HandOver };
}
