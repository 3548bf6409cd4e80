using System.Numerics;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>One pupil's year as sets of days, with what stands beside them: dates, school rates, marks. Reused from pupil
/// to pupil. The pupil's days are those from <see cref="Start"/> to <see cref="End"/>.</summary>
internal sealed class PupilDays
{
    private readonly ulong[] bits = new ulong[DayClasses.All * DayBits.Words];

    public int Start { get; private set; }

    public int End { get; private set; }

    public int WordCount { get; private set; }

    /// <summary>Sessions a day takes in <see cref="Rates"/> and in the marks.</summary>
    public int Sessions { get; private set; }

    public DateOnly[] Dates { get; private set; } = [];

    public double[] Rates { get; private set; } = [];

    public ulong[] FirstDaysBack { get; } = new ulong[DayBits.Words];

    private ulong[][] exceptional = [];
    private ulong[][] unknownForAll = [];
    private byte[] marks = [];
    private int markStride;
    private int markOffset;

    public Span<ulong> this[DayClass set] => bits.AsSpan((int)set * DayBits.Words, DayBits.Words);

    /// <summary>One word of a set.</summary>
    public ulong Word(DayClass set, int word) => bits[((int)set * DayBits.Words) + word];

    /// <summary>Puts one word of a set in place.</summary>
    public void SetWord(DayClass set, int word, ulong days) => bits[((int)set * DayBits.Words) + word] = days;

    /// <summary>Empties the sets and points at what stands beside them.</summary>
    public void Open(int start, int end, PupilDaysSource source)
    {
        Array.Clear(bits);
        (Start, End, WordCount) = (start, end, DayBits.WordsFor(end));
        (Sessions, Dates, Rates) = (source.Sessions, source.Dates, source.Rates);
        (exceptional, unknownForAll) = (source.Exceptional, source.UnknownForAll);
        (marks, markStride, markOffset) = (source.Marks, source.MarkStride, source.MarkOffset);
        source.FirstDaysBack.CopyTo(FirstDaysBack, 0);
    }

    public Mark MarkAt(int day, int session) =>
        DayBits.Has(unknownForAll[session], day) ? KnownToBeTaken(RawMark(day, session)) : RawMark(day, session);

    private Mark RawMark(int day, int session) => new(marks[(((day * Sessions) + session) * markStride) + markOffset]);

    // A register that was not taken says nothing of those it lists, but a pupil who need not come still need not.
    private static Mark KnownToBeTaken(Mark mark) => mark.Category == MarkCategory.NotRequired ? mark : Mark.Unknown;

    /// <summary>Puts one day into the sets of <see cref="DayClass"/> that come from marks.</summary>
    public void SetDay(int day, Mark first, Mark? second)
    {
        SetSession(day, 0, first);
        if (second is { } other) SetSession(day, 1, other);
        var absences = 0;
        var (illness, medical) = (0, 0);
        Count(first);
        if (second is { } last) Count(last);
        if (absences > 0 && illness == absences) DayBits.Add(this[DayClass.AllIllness], day);
        if (absences > 0 && medical == absences) DayBits.Add(this[DayClass.AllMedical], day);

        void Count(Mark mark)
        {
            if (!mark.IsAbsent) return;
            absences++;
            if (mark.Reason == MarkReason.Illness) illness++;
            if (mark.Reason == MarkReason.Medical) medical++;
        }
    }

    private void SetSession(int day, int session, Mark mark)
    {
        if (mark.IsPossible) DayBits.Add(this[DayClass.Possible0 + session], day);
        else if (mark.Category != MarkCategory.NotRequired) DayBits.Add(this[DayClass.Unknown0 + session], day);
        if (mark.IsAbsent) DayBits.Add(this[DayClass.Absent0 + session], day);
        if (mark.Category == MarkCategory.Late) DayBits.Add(this[DayClass.Late0 + session], day);
        if (mark.Category is MarkCategory.LeftEarly or MarkCategory.Partial) DayBits.Add(this[DayClass.CodedPartial], day);
        if (!mark.IsUnauthorised) return;
        DayBits.Add(this[DayClass.Unauthorised], day);
        DayBits.Add(this[mark.Reason == MarkReason.NoReasonYet ? DayClass.NoReasonYet : DayClass.UnauthorisedOther], day);
    }

    /// <summary>Works out the sets that follow from those read from marks.</summary>
    public void Derive()
    {
        var b = bits;
        for (var w = 0; w < WordCount; w++)
        {
            ulong p0 = b[At(DayClass.Possible0)], p1 = b[At(DayClass.Possible1)];
            ulong a0 = b[At(DayClass.Absent0)], a1 = b[At(DayClass.Absent1)];
            var counted = p0 | p1;
            var attended = (p0 & ~a0) | (p1 & ~a1);
            var someAbsence = a0 | a1;
            var absentDay = counted & ~attended;
            b[At(DayClass.Counted)] = counted;
            b[At(DayClass.Attended)] = attended;
            b[At(DayClass.SomeAbsence)] = someAbsence;
            b[At(DayClass.AbsentDay)] = absentDay;
            b[At(DayClass.Late)] = b[At(DayClass.Late0)] | b[At(DayClass.Late1)];
            b[At(DayClass.Partial)] = (someAbsence & attended) | b[At(DayClass.CodedPartial)];

            int At(DayClass set) => ((int)set * DayBits.Words) + w;
        }
    }

    /// <summary>Whether any session of this pupil's days was exceptional for the school.</summary>
    public bool HasExceptionalDays
    {
        get
        {
            for (var w = 0; w < WordCount; w++)
                if (((exceptional[0][w] | exceptional[1][w]) & DayBits.RangeWord(w, Start, End)) != 0) return true;
            return false;
        }
    }

    /// <summary>Makes this the other pupil's days with the exceptional sessions blank: no possible session stood there.</summary>
    public void CopyWithoutExceptional(PupilDays other)
    {
        other.bits.CopyTo(bits, 0);
        (Start, End, WordCount) = (other.Start, other.End, other.WordCount);
        (Sessions, Dates, Rates) = (other.Sessions, other.Dates, other.Rates);
        (exceptional, unknownForAll) = (other.exceptional, other.unknownForAll);
        (marks, markStride, markOffset) = (other.marks, other.markStride, other.markOffset);
        other.FirstDaysBack.CopyTo(FirstDaysBack, 0);

        for (var w = 0; w < WordCount; w++)
        {
            var days = (exceptional[0][w] | exceptional[1][w]) & DayBits.RangeWord(w, Start, End);
            for (; days != 0; days &= days - 1) LeaveOutExceptional((w << 6) + BitOperations.TrailingZeroCount(days));
        }
        Derive();
    }

    private void LeaveOutExceptional(int day)
    {
        for (var set = 0; set < DayClasses.FromMarks; set++) DayBits.Remove(this[(DayClass)set], day);
        SetDay(day, Left(0), Sessions == 2 ? Left(1) : null);

        Mark Left(int session) => DayBits.Has(exceptional[session], day) ? Mark.NotRequired : MarkAt(day, session);
    }
}

/// <summary>What stands beside a pupil's sets of days: the school's own arrays, or those of a merged line.</summary>
internal readonly record struct PupilDaysSource(
    int Sessions, DateOnly[] Dates, double[] Rates, ulong[] FirstDaysBack, ulong[][] Exceptional, ulong[][] UnknownForAll,
    byte[] Marks, int MarkStride, int MarkOffset);
