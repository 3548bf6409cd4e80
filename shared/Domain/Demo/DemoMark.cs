using System.Diagnostics.CodeAnalysis;
using System.Text;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Demo;

/// <summary>What the generator writes in a register: a small alphabet that both styles of school have a code for.</summary>
[SuppressMessage("Design", "CA1028", Justification = "One byte a session; a year of 100,000 pupils is held")]
internal enum DemoMark : byte
{
    Present,
    Late,
    LateAfterClose,
    LeftEarly,
    Illness,
    Medical,
    AuthorisedOther,
    Unauthorised,
    NoReasonYet,
    Holiday,
    Suspended,
    /// <summary>A code no code set maps: a typing slip, here and there.</summary>
    Unmapped,
    /// <summary>Not on this school's roll: no row.</summary>
    NotOnRoll,
}

internal static class DemoMarks
{
    private static readonly Mark[] England =
    [
        Mark.Present,
        new(MarkCategory.Late),
        new(MarkCategory.Absent, MarkReason.LateAfterClose),
        Mark.Present,
        new(MarkCategory.Absent, MarkReason.Illness),
        new(MarkCategory.Absent, MarkReason.Medical),
        new(MarkCategory.Absent, MarkReason.AuthorisedOther),
        new(MarkCategory.Absent, MarkReason.UnauthorisedOther),
        new(MarkCategory.Absent, MarkReason.NoReasonYet),
        new(MarkCategory.Absent, MarkReason.Holiday),
        new(MarkCategory.Absent, MarkReason.Suspended),
        Mark.Unknown,
        Mark.Unknown,
    ];

    private static readonly Mark[] Us = WithUsReasons();

    // Present differs between the sessions in England: / in the morning, \ in the afternoon.
    private static readonly byte[][] EnglandAm = Codes("/", "L", "U", "/", "I", "M", "C", "O", "N", "G", "E", "ZZ");
    private static readonly byte[][] EnglandPm = Codes("\\", "L", "U", "\\", "I", "M", "C", "O", "N", "G", "E", "ZZ");
    private static readonly byte[][] UsDaily = Codes("P", "T", "UX", "ED", "ILL", "MED", "EX", "UX", "A", "UX", "OSS", "ZZ");

    /// <summary>The canonical mark the style's code set gives the code.</summary>
    public static Mark ToMark(this DemoMark mark, DemoStyle style) => (style == DemoStyle.England ? England : Us)[(int)mark];

    public static bool IsAbsent(this DemoMark mark) => England[(int)mark].IsAbsent;

    /// <summary>Local codes by <see cref="DemoMark"/>, as UTF-8; none for <see cref="DemoMark.NotOnRoll"/>.</summary>
    public static byte[][] CodesOf(DemoStyle style, int session) =>
        style == DemoStyle.UsDaily ? UsDaily : session == 0 ? EnglandAm : EnglandPm;

    // US registers tell excused from unexcused and little more.
    private static Mark[] WithUsReasons()
    {
        Mark[] marks = [.. England];
        marks[(int)DemoMark.LateAfterClose] = marks[(int)DemoMark.Holiday] = marks[(int)DemoMark.Unauthorised];
        marks[(int)DemoMark.LeftEarly] = new(MarkCategory.LeftEarly);
        marks[(int)DemoMark.NoReasonYet] = new(MarkCategory.Absent);
        return marks;
    }

    private static byte[][] Codes(params string[] codes) => [.. codes.Select(Encoding.ASCII.GetBytes)];
}
