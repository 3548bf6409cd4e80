using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Testing.Registers;

/// <summary>One letter a session, close to England's register.</summary>
public static class MarkLetters
{
    /// <summary><c>/</c> present, <c>L</c> late, <c>E</c> left early, <c>P</c> part of the session; absent: <c>I</c> illness,
    /// <c>M</c> medical, <c>C</c> authorised other, <c>O</c> unauthorised, <c>U</c> late after close, <c>N</c> no reason yet;
    /// <c>#</c> not required, <c>.</c> unknown.</summary>
    /// <exception cref="ArgumentException">Another letter.</exception>
    public static Mark Read(char letter) => letter switch
    {
        '/' => Mark.Present,
        'L' => new Mark(MarkCategory.Late),
        'E' => new Mark(MarkCategory.LeftEarly),
        'P' => new Mark(MarkCategory.Partial),
        'I' => new Mark(MarkCategory.Absent, MarkReason.Illness),
        'M' => new Mark(MarkCategory.Absent, MarkReason.Medical),
        'C' => new Mark(MarkCategory.Absent, MarkReason.AuthorisedOther),
        'O' => new Mark(MarkCategory.Absent, MarkReason.UnauthorisedOther),
        'U' => new Mark(MarkCategory.Absent, MarkReason.LateAfterClose),
        'N' => new Mark(MarkCategory.Absent, MarkReason.NoReasonYet),
        '#' => Mark.NotRequired,
        '.' => Mark.Unknown,
        _ => throw new ArgumentException($"No mark has the letter '{letter}'.", nameof(letter)),
    };
}
