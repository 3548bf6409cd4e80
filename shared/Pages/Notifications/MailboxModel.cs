namespace SchoolSignal.Pages.Notifications;

/// <summary>What lies in the local mailbox, newest first.</summary>
/// <param name="Sought">Text of a subject or recipient that the list is held to; empty shows all.</param>
public sealed record MailboxModel(IReadOnlyList<MailboxMail> Mails, string Sought);

/// <summary>A mail as its recipient would get it.</summary>
/// <param name="Path">Of its link, on this host.</param>
public sealed record MailboxMail(string Recipient, string Subject, string Text, string Path, bool IsUrgent, DateTimeOffset At);
