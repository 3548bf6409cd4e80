using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>One pupil's days put together day by day: for a pupil with several enrolments, in one school or in several,
/// and for one pupil alone. Gives the same sets of days as <see cref="BlockMasks"/>. Reused from pupil to pupil.</summary>
/// <remarks>On a date in two enrolments the later entry holds (tie: lower school id). A session it does not require takes
/// the other's mark; where it requires none, or its school is closed, the day is the other school's altogether.</remarks>
internal sealed class PupilLine
{
    private const int NoDay = -1;

    private readonly List<PupilPlace> single = new(1);
    private readonly List<Enrollment> enrollments = [];
    private readonly LineDay[] days = new LineDay[366 * 2];

    private readonly DateOnly[] dates = new DateOnly[DayBits.Words * 64];
    private readonly double[] rates = new double[DayBits.Words * 64 * 2];
    private readonly byte[] marks = new byte[DayBits.Words * 64 * 2];
    private readonly ulong[] firstDaysBack = new ulong[DayBits.Words];
    private readonly ulong[][] exceptional = [new ulong[DayBits.Words], new ulong[DayBits.Words]];
    private readonly ulong[][] noneUnknown = [new ulong[DayBits.Words], new ulong[DayBits.Words]];

    public void Read(PupilPlace place, PupilDays into)
    {
        single.Clear();
        single.Add(place);
        Read(single, into);
    }

    public void Read(List<PupilPlace> places, PupilDays into)
    {
        Collect(places);
        var (origin, length) = Extent();
        Array.Fill(days, new LineDay { Enrollment = NoDay }, 0, length);
        for (var e = 0; e < enrollments.Count; e++) Lay(e, origin);
        Fill(origin, length, into);
    }

    /// <summary>The place that holds the pupil on a date: later entry, then lower school id; null if none does.</summary>
    public static PupilPlace? Holder(List<PupilPlace> places, DateOnly date)
    {
        PupilPlace? holder = null;
        var entry = DateOnly.MinValue;
        foreach (var place in places)
        {
            var spans = place.Enrollments.Spans;
            for (var i = 0; i < spans.Count; i++)
            {
                if (!spans[i].Covers(date)) continue;
                if (holder is { } held && (spans[i].Entry < entry ||
                    (spans[i].Entry == entry && place.School.Register.School.CompareTo(held.School.Register.School) >= 0))) continue;
                (holder, entry) = (place, spans[i].Entry);
            }
        }
        return holder;
    }

    private void Collect(List<PupilPlace> places)
    {
        enrollments.Clear();
        foreach (var place in places)
        {
            var spans = place.Enrollments.Spans;
            for (var i = 0; i < spans.Count; i++)
            {
                var (from, to) = RangeOf(place.School, spans[i]);
                if (from < to) enrollments.Add(new Enrollment(place, spans[i].Entry, from, to));
            }
        }
        enrollments.Sort(static (a, b) =>
        {
            var later = b.Entry.CompareTo(a.Entry);
            return later != 0 ? later : a.Place.School.Register.School.CompareTo(b.Place.School.Register.School);
        });
    }

    /// <summary>The days of a school, as of its date, that an enrolment covers.</summary>
    public static (int From, int To) RangeOf(SchoolBaseline school, EnrollmentSpan span)
    {
        var days = school.Register.Days;
        var from = days.CountThrough(span.Entry);
        if (from > 0 && days[from - 1] == span.Entry) from--;
        var to = span.Exit is { } exit ? Math.Min(days.CountThrough(exit), school.DayCount) : school.DayCount;
        return (from, Math.Max(from, to));
    }

    private (DateOnly Origin, int Length) Extent()
    {
        if (enrollments.Count == 0) return (default, 0);
        var (first, last) = (DateOnly.MaxValue, DateOnly.MinValue);
        foreach (var enrollment in enrollments)
        {
            var schoolDates = enrollment.Place.School.Dates;
            if (schoolDates[enrollment.From] < first) first = schoolDates[enrollment.From];
            if (schoolDates[enrollment.To - 1] > last) last = schoolDates[enrollment.To - 1];
        }
        var length = last.DayNumber - first.DayNumber + 1;
        if (length > days.Length) throw new ArgumentException("A pupil's places lie in one school year.");
        return (first, length);
    }

    private void Lay(int index, DateOnly origin)
    {
        var enrollment = enrollments[index];
        var school = enrollment.Place.School;
        for (var day = enrollment.From; day < enrollment.To; day++)
        {
            ref var held = ref days[school.Dates[day].DayNumber - origin.DayNumber];
            var candidate = Candidate(enrollment, index, day);
            if (held.Enrollment == NoDay || (held.RequiresNothing && !candidate.RequiresNothing)) held = candidate;
            else if (held.Sessions == 2) held.TakeNotRequiredFrom(candidate);
        }
    }

    private static LineDay Candidate(Enrollment enrollment, int index, int day)
    {
        var (school, block, slot) = enrollment.Place;
        var result = new LineDay
        {
            Enrollment = index,
            Sessions = school.Sessions,
            IsFirstBack = day != enrollment.From && DayBits.Has(school.FirstDaysBack, day),
        };
        result.First = Session(0);
        result.Second = school.Sessions == 2 ? Session(1) : LineSession.NotRequired;
        return result;

        LineSession Session(int session)
        {
            var position = (day * school.Sessions) + session;
            var mark = new Mark(block.Marks[(position * RegisterBlock.Width) + slot]);
            if (mark.Category == MarkCategory.NotRequired) return LineSession.NotRequired;
            return new LineSession(
                DayBits.Has(school.UnknownForAll[session], day) ? Mark.Unknown : mark,
                school.Rates[position], school.IsExceptional(day, session));
        }
    }

    private void Fill(DateOnly origin, int length, PupilDays into)
    {
        Array.Clear(firstDaysBack);
        Array.Clear(exceptional[0]);
        Array.Clear(exceptional[1]);
        var sessions = 1;
        for (var i = 0; i < length; i++)
            if (days[i].Enrollment != NoDay && days[i].Sessions == 2) sessions = 2;

        var count = 0;
        for (var i = 0; i < length; i++)
        {
            ref readonly var day = ref days[i];
            if (day.Enrollment == NoDay) continue;
            dates[count] = origin.AddDays(i);
            if (day.IsFirstBack) DayBits.Add(firstDaysBack, count);
            Put(day.First, 0, count, sessions);
            if (sessions == 2) Put(day.Second, 1, count, sessions);
            count++;
        }

        into.Open(0, count, new PupilDaysSource(sessions, dates, rates, firstDaysBack, exceptional, noneUnknown, marks, 1, 0));
        for (var day = 0; day < count; day++)
            into.SetDay(day, into.MarkAt(day, 0), sessions == 2 ? into.MarkAt(day, 1) : null);
        into.Derive();
    }

    private void Put(LineSession session, int index, int day, int sessions)
    {
        var position = (day * sessions) + index;
        (marks[position], rates[position]) = (session.Mark.Value, session.SchoolRate);
        if (session.IsExceptional) DayBits.Add(exceptional[index], day);
    }

    private readonly record struct Enrollment(PupilPlace Place, DateOnly Entry, int From, int To);

    /// <summary>A session's mark with what the school that set it did in that session.</summary>
    private readonly record struct LineSession(Mark Mark, double SchoolRate, bool IsExceptional)
    {
        public static LineSession NotRequired => new(Mark.NotRequired, double.NaN, false);

        public bool IsRequired => Mark.Category != MarkCategory.NotRequired;
    }

    private struct LineDay
    {
        public int Enrollment;
        public int Sessions;
        public bool IsFirstBack;
        public LineSession First;
        public LineSession Second;

        public readonly bool RequiresNothing => !First.IsRequired && !Second.IsRequired;

        /// <summary>A whole-day mark of the other school answers for either session.</summary>
        public void TakeNotRequiredFrom(in LineDay other)
        {
            if (!First.IsRequired) First = other.First;
            if (!Second.IsRequired) Second = other.Sessions == 2 ? other.Second : other.First;
        }
    }
}
