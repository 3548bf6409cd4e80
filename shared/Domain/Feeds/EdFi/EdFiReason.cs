using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Reads the free text of AttendanceEventReason, where schools write such things as "Absent excused" or
/// "Doctor's appointment". It refines only, never turns unauthorised into authorised or back.</summary>
internal static class EdFiReason
{
    private static readonly (string Word, MarkReason Reason)[] Authorised =
    [
        ("illness", MarkReason.Illness), ("ill", MarkReason.Illness), ("sick", MarkReason.Illness), ("sickness", MarkReason.Illness),
        ("flu", MarkReason.Illness), ("influenza", MarkReason.Illness), ("fever", MarkReason.Illness), ("covid", MarkReason.Illness),
        ("medical", MarkReason.Medical), ("doctor", MarkReason.Medical), ("doctors", MarkReason.Medical), ("dentist", MarkReason.Medical),
        ("dental", MarkReason.Medical), ("hospital", MarkReason.Medical), ("physician", MarkReason.Medical), ("therapy", MarkReason.Medical),
        ("religious", MarkReason.Religious),
        ("bereavement", MarkReason.Family), ("funeral", MarkReason.Family),
        ("suspension", MarkReason.Suspended), ("suspended", MarkReason.Suspended),
    ];

    private static readonly (string Word, MarkReason Reason)[] Unauthorised =
    [
        ("skipping", MarkReason.Skipping), ("skipped", MarkReason.Skipping), ("truant", MarkReason.Skipping), ("truancy", MarkReason.Skipping),
        ("holiday", MarkReason.Holiday), ("vacation", MarkReason.Holiday),
    ];

    private static readonly string[] Doubts = ["no", "not", "non", "without", "unverified", "unless", "or"];

    /// <summary>The reason the words say, or <paramref name="reason"/> where they say none, several, or a doubt ("no doctor's
    /// note"). Only the general reasons are refined.</summary>
    public static MarkReason Refine(MarkReason reason, ReadOnlySpan<char> text)
    {
        var words = reason switch
        {
            MarkReason.None or MarkReason.AuthorisedOther => Authorised,
            MarkReason.UnauthorisedOther => Unauthorised,
            _ => null,
        };
        if (words is null || text.IsEmpty) return reason;

        var found = reason;
        while (!text.IsEmpty)
        {
            var length = 0;
            while (length < text.Length && char.IsLetter(text[length])) length++;
            var word = text[..length];
            text = text[Math.Min(text.Length, length + 1)..];
            foreach (var doubt in Doubts)
                if (word.Equals(doubt, StringComparison.OrdinalIgnoreCase)) return reason;
            foreach (var (known, meaning) in words)
            {
                if (!word.Equals(known, StringComparison.OrdinalIgnoreCase)) continue;
                if (found != reason && found != meaning) return reason;
                found = meaning;
            }
        }
        return found;
    }
}
