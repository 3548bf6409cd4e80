using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>What one line of observations.jsonl turned out to be.</summary>
public abstract record ObservationLine(int RowNumber)
{
    /// <summary>A form to store and score.</summary>
    /// <param name="School">Null if the line names none: the pupil's enrolment on the date decides.</param>
    /// <param name="Items">Thirteen answers, item 1 first; null is "not enough chance to see".</param>
    /// <param name="Note">For the counsellor; never scored, logged or mailed.</param>
    /// <param name="SenderKey">The sender's own key of the form, so that a line sent twice is one form.</param>
    public sealed record Form(
        int RowNumber, StudentUniqueId Student, SchoolId? School, DateOnly Date, string Observer, IReadOnlyList<byte?> Items,
        string? Note, string? SenderKey) : ObservationLine(RowNumber);

    /// <summary>A safeguarding concern. It is never scored, and no other mistake in the line keeps it back: a date or an
    /// observer that could not be read is null.</summary>
    public sealed record Concern(
        int RowNumber, StudentUniqueId Student, SchoolId? School, DateOnly? Date, string? Observer, string? Note, string? SenderKey)
        : ObservationLine(RowNumber);

    /// <summary>A line that was not taken.</summary>
    /// <param name="MayBeSafeguarding">The line speaks of safeguarding but names no pupil that can be read: the sender must be
    /// told to speak to the safeguarding lead now.</param>
    public sealed record Refused(RefusedRow Row, bool MayBeSafeguarding) : ObservationLine(Row.RowNumber);

    /// <summary>The file as a whole cannot be read; the only line there is.</summary>
    public sealed record FileRefused(string Why) : ObservationLine(0);
}
