using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>A block of 64 pupils as sets of days: every column of 64 marks is classed at once, then 64 days of 64 pupils
/// are turned into 64 pupils of 64 days. Reused from block to block.</summary>
internal sealed class BlockMasks
{
    private const int Width = RegisterBlock.Width;
    private const byte AbsentIll = (byte)MarkCategory.Absent | ((byte)MarkReason.Illness << Mark.ReasonShift);
    private const byte AbsentMedical = (byte)MarkCategory.Absent | ((byte)MarkReason.Medical << Mark.ReasonShift);
    private const byte AbsentNoReason = (byte)MarkCategory.Absent | ((byte)MarkReason.NoReasonYet << Mark.ReasonShift);

    /// <summary>By class and word: 64 rows; a row is a day before the turn and a pupil after it.</summary>
    private readonly ulong[] rows = new ulong[DayClasses.FromMarks * DayBits.Words * Width];

    private int words;
    private RegisterBlock? block;
    private SchoolBaseline? baseline;

    public void Load(SchoolBaseline school, RegisterBlock source)
    {
        (baseline, block) = (school, source);
        words = DayBits.WordsFor(school.DayCount);
        var needed = school.DayCount * school.Sessions * Width;
        if (source.Marks.Length < needed) throw new ArgumentException("A block holds a mark for every session of every day.", nameof(source));
        for (var word = 0; word < words; word++)
        {
            var first = word << 6;
            var count = Math.Min(64, school.DayCount - first);
            for (var day = 0; day < count; day++)
            {
                if (school.Sessions == 1) ClassDay(word, day, first + day);
                else ClassDayOfTwo(word, day, first + day);
            }
            Turn(word, count, school.Sessions);
        }
    }

    /// <summary>Puts a slot's days from start to end into the pupil's sets.</summary>
    public void Read(int slot, int start, int end, PupilDays into)
    {
        var school = baseline!;
        into.Open(start, end, new PupilDaysSource(
            school.Sessions, school.Dates, school.Rates, school.FirstDaysBack, school.Exceptional, school.UnknownForAll,
            block!.Marks, Width, slot));
        // The pupil's first day in the school is no day back.
        if (start < end) DayBits.Remove(into.FirstDaysBack, start);
        for (var word = 0; word < into.WordCount; word++)
        {
            var days = DayBits.RangeWord(word, start, end);
            for (var set = 0; set < DayClasses.FromMarks; set++)
                into.SetWord((DayClass)set, word, rows[RowsOf((DayClass)set, word) + slot] & days);
        }
        into.Derive();
    }

    private static int RowsOf(DayClass set, int word) => (((int)set * DayBits.Words) + word) * Width;

    private void ClassDay(int word, int row, int day)
    {
        var c = Classify(day, 0);
        Set(DayClass.Possible0, c.Possible);
        Set(DayClass.Absent0, c.Absent);
        Set(DayClass.Late0, c.Late);
        Set(DayClass.Unknown0, c.Unknown);
        Set(DayClass.AllIllness, c.Ill);
        Set(DayClass.AllMedical, c.Medical);
        Set(DayClass.Unauthorised, c.Unauthorised);
        Set(DayClass.UnauthorisedOther, c.Unauthorised & ~c.NoReason);
        Set(DayClass.NoReasonYet, c.NoReason);
        Set(DayClass.CodedPartial, c.CodedPartial);

        void Set(DayClass set, ulong pupils) => rows[RowsOf(set, word) + row] = pupils;
    }

    private void ClassDayOfTwo(int word, int row, int day)
    {
        var am = Classify(day, 0);
        var pm = Classify(day, 1);
        var absent = am.Absent | pm.Absent;
        Set(DayClass.Possible0, am.Possible);
        Set(DayClass.Possible1, pm.Possible);
        Set(DayClass.Absent0, am.Absent);
        Set(DayClass.Absent1, pm.Absent);
        Set(DayClass.Late0, am.Late);
        Set(DayClass.Late1, pm.Late);
        Set(DayClass.Unknown0, am.Unknown);
        Set(DayClass.Unknown1, pm.Unknown);
        Set(DayClass.AllIllness, absent & ~((am.Absent & ~am.Ill) | (pm.Absent & ~pm.Ill)));
        Set(DayClass.AllMedical, absent & ~((am.Absent & ~am.Medical) | (pm.Absent & ~pm.Medical)));
        Set(DayClass.Unauthorised, am.Unauthorised | pm.Unauthorised);
        Set(DayClass.UnauthorisedOther, (am.Unauthorised & ~am.NoReason) | (pm.Unauthorised & ~pm.NoReason));
        Set(DayClass.NoReasonYet, am.NoReason | pm.NoReason);
        Set(DayClass.CodedPartial, am.CodedPartial | pm.CodedPartial);

        void Set(DayClass set, ulong pupils) => rows[RowsOf(set, word) + row] = pupils;
    }

    /// <summary>The classes of one column: a bit for each of 64 pupils.</summary>
    private Column Classify(int day, int session)
    {
        var school = baseline!;
        var marks = Vector512.LoadUnsafe(
            ref MemoryMarshal.GetArrayDataReference(block!.Marks), (nuint)(((day * school.Sessions) + session) * Width));
        var category = marks & Vector512.Create((byte)Mark.CategoryMask);
        var notRequired = Equal(category, (byte)MarkCategory.NotRequired);
        if (school.HasUnknownForAll && DayBits.Has(school.UnknownForAll[session], day))
            return new Column { Unknown = ~notRequired };

        // Present, late, left early and partial are the categories 1 to 4.
        var attending = Vector512.LessThan(category - Vector512<byte>.One, Vector512.Create((byte)4)).ExtractMostSignificantBits();
        var absent = Equal(category, (byte)MarkCategory.Absent);
        return new Column
        {
            Possible = attending | absent,
            Absent = absent,
            Unknown = ~(attending | absent | notRequired),
            Late = Equal(category, (byte)MarkCategory.Late),
            CodedPartial = Equal(category, (byte)MarkCategory.LeftEarly) | Equal(category, (byte)MarkCategory.Partial),
            Ill = Equal(marks, AbsentIll),
            Medical = Equal(marks, AbsentMedical),
            Unauthorised = absent & marks.ExtractMostSignificantBits(),
            NoReason = Equal(marks, AbsentNoReason),
        };
    }

    private static ulong Equal(Vector512<byte> left, byte right) =>
        Vector512.Equals(left, Vector512.Create(right)).ExtractMostSignificantBits();

    private void Turn(int word, int days, int sessions)
    {
        for (var set = 0; set < DayClasses.FromMarks; set++)
        {
            var matrix = rows.AsSpan(RowsOf((DayClass)set, word), Width);
            matrix[days..].Clear();
            if (sessions == 1 && IsOfSecondSession((DayClass)set))
                matrix.Clear();
            else if (matrix.ContainsAnyExcept(0UL))
                BitMatrix.Transpose(matrix);
        }
    }

    private static bool IsOfSecondSession(DayClass set) =>
        set is DayClass.Possible1 or DayClass.Absent1 or DayClass.Late1 or DayClass.Unknown1;

    private readonly record struct Column
    {
        public ulong Possible { get; init; }

        public ulong Absent { get; init; }

        public ulong Unknown { get; init; }

        public ulong Late { get; init; }

        public ulong CodedPartial { get; init; }

        public ulong Ill { get; init; }

        public ulong Medical { get; init; }

        public ulong Unauthorised { get; init; }

        public ulong NoReason { get; init; }
    }
}
