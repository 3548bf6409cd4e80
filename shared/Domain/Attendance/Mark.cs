using System.Diagnostics.CodeAnalysis;

namespace SchoolSignal.Domain.Attendance;

/// <summary>What a session's mark says of presence. Unknown is neither present nor absent.</summary>
[SuppressMessage("Design", "CA1028", Justification = "Three bits of the packed mark")]
public enum MarkCategory : byte
{
    Unknown = 0,
    Present = 1,
    /// <summary>Late before the register closed; attends.</summary>
    Late = 2,
    /// <summary>Attended, but left early.</summary>
    LeftEarly = 3,
    /// <summary>Attended part of the session.</summary>
    Partial = 4,
    Absent = 5,
    /// <summary>No possible session: closed, not yet or no longer on roll, unable to attend, non-compulsory age.</summary>
    NotRequired = 6,
}

/// <summary>Why. Values from 16 on make an absence unauthorised.</summary>
[SuppressMessage("Design", "CA1028", Justification = "Five bits of the packed mark")]
public enum MarkReason : byte
{
    None = 0,
    Illness = 1,
    Medical = 2,
    Religious = 3,
    Family = 4,
    Suspended = 5,
    AuthorisedOther = 6,
    PartTimeTimetable = 7,
    StudyLeave = 8,
    Interview = 9,
    Traveller = 10,
    Performance = 11,
    /// <summary>Educated elsewhere with the school's approval; attends.</summary>
    ApprovedActivity = 12,
    Transport = 13,
    Legal = 14,
    Employment = 15,

    UnauthorisedOther = 16,
    /// <summary>No reason given yet (England's N); unauthorised until explained.</summary>
    NoReasonYet = 17,
    Holiday = 18,
    /// <summary>Came after the register closed (England's U).</summary>
    LateAfterClose = 19,
    Skipping = 20,
}

/// <summary>A canonical mark in one byte: category in the low three bits, reason in the high five. The layout lets a
/// column of 64 pupils be classed with a few vector instructions.</summary>
public readonly record struct Mark(byte Value)
{
    public const int CategoryMask = 0b111;
    public const int ReasonShift = 3;

    /// <summary>Set in every mark whose reason makes an absence unauthorised.</summary>
    public const int UnauthorisedBit = 0x80;

    public Mark(MarkCategory category, MarkReason reason = MarkReason.None)
        : this((byte)((int)category | ((int)reason << ReasonShift)))
    {
    }

    public static readonly Mark Unknown = new(MarkCategory.Unknown);
    public static readonly Mark Present = new(MarkCategory.Present);
    public static readonly Mark NotRequired = new(MarkCategory.NotRequired);

    public MarkCategory Category => (MarkCategory)(Value & CategoryMask);

    public MarkReason Reason => (MarkReason)(Value >> ReasonShift);

    /// <summary>Present, late, left early or partial.</summary>
    public bool IsAttending => Category is >= MarkCategory.Present and <= MarkCategory.Partial;

    public bool IsAbsent => Category == MarkCategory.Absent;

    public bool IsUnauthorised => IsAbsent && (Value & UnauthorisedBit) != 0;

    /// <summary>Attending or absent: it counts in the denominator of a rate.</summary>
    public bool IsPossible => Category is >= MarkCategory.Present and <= MarkCategory.Absent;

    /// <summary>Which of two marks that one feed gives for one session holds: the greater absence (absent before part-day
    /// before late before present before not required before unknown; unauthorised before authorised).</summary>
    public static Mark Greater(Mark a, Mark b) => Weight(a) >= Weight(b) ? a : b;

    private static int Weight(Mark mark) => (mark.Category switch
    {
        MarkCategory.Absent => 6,
        MarkCategory.Partial => 5,
        MarkCategory.LeftEarly => 4,
        MarkCategory.Late => 3,
        MarkCategory.Present => 2,
        MarkCategory.NotRequired => 1,
        _ => 0,
    } << 5) | (int)mark.Reason;

    public override string ToString() => Reason == MarkReason.None ? Category.ToString() : $"{Category} ({Reason})";
}
