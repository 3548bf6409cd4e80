using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>What screening takes from a school as of a date, worked out once for all its pupils: its days up to then, the
/// school's absence rate in every session, which sessions were exceptional, and which days were the first back. Immutable;
/// share it between workers.</summary>
public sealed class SchoolBaseline
{
    /// <summary>Inclusive: a session whose rate lies this many hundredths above its median is exceptional.</summary>
    public const int ExceptionalPoints = 15;

    /// <summary>Instructional days before, whose median is the usual rate.</summary>
    public const int ExceptionalLookBackDays = 20;

    /// <summary>Inclusive: fewer known days before give no median.</summary>
    public const int ExceptionalKnownDays = 5;

    /// <summary>Inclusive: a smaller register's rate jumps by itself.</summary>
    public const int ExceptionalPupils = 20;

    private SchoolBaseline(SchoolYearRegister register, DateOnly asOf, NotScreenedReason? attendanceRests)
    {
        Register = register;
        AsOf = asOf;
        AttendanceRests = attendanceRests;
        DayCount = register.Days.CountThrough(asOf);
        Sessions = register.SessionsPerDay;
        Dates = register.Days.Dates[..DayCount].ToArray();
        Rates = new double[DayCount * Sessions];
        for (var session = 0; session < 2; session++)
        {
            Exceptional[session] = new ulong[DayBits.Words];
            UnknownForAll[session] = new ulong[DayBits.Words];
        }
        FindFirstDaysBack();
        ReadSessions();
    }

    public SchoolYearRegister Register { get; }

    public DateOnly AsOf { get; }

    /// <summary>Why the attendance rules rest for this school (a stale or a paused feed), or null.</summary>
    public NotScreenedReason? AttendanceRests { get; }

    /// <summary>Instructional days on or before the as-of date.</summary>
    internal int DayCount { get; }

    internal int Sessions { get; }

    internal DateOnly[] Dates { get; }

    /// <summary>The school's absence rate by day × sessions + session; not a number where it is unknown.</summary>
    internal double[] Rates { get; }

    /// <summary>By session of the day: the days on which it was exceptional.</summary>
    internal ulong[][] Exceptional { get; } = new ulong[2][];

    internal bool HasExceptional { get; private set; }

    /// <summary>By session of the day: the days on which the register was not taken.</summary>
    internal ulong[][] UnknownForAll { get; } = new ulong[2][];

    internal bool HasUnknownForAll { get; private set; }

    /// <summary>Days whose preceding calendar date is not an instructional day.</summary>
    internal ulong[] FirstDaysBack { get; } = new ulong[DayBits.Words];

    /// <param name="attendanceRests">Set it when the school's feed is stale on the as-of date or paused: its attendance
    /// rules then rest rather than alarm.</param>
    /// <exception cref="ArgumentException">The totals do not fit the days and sessions.</exception>
    public static SchoolBaseline Of(SchoolYearRegister register, DateOnly asOf, NotScreenedReason? attendanceRests = null)
    {
        ArgumentNullException.ThrowIfNull(register);
        var sessions = register.Days.Count * register.SessionsPerDay;
        if (register.Totals.Possible.Length < sessions || register.Totals.Absent.Length < sessions)
            throw new ArgumentException("A total is needed for every session of every day.", nameof(register));
        return new SchoolBaseline(register, asOf, attendanceRests);
    }

    /// <summary>Whether a session counts as exceptional: it is left out when a rule is tried a second time.</summary>
    public bool IsExceptional(int day, int session) => DayBits.Has(Exceptional[session], day);

    private void FindFirstDaysBack()
    {
        for (var day = 0; day < DayCount; day++)
            if (day == 0 || Dates[day - 1] != Dates[day].AddDays(-1)) DayBits.Add(FirstDaysBack, day);
    }

    private void ReadSessions()
    {
        var totals = Register.Totals;
        for (var day = 0; day < DayCount; day++)
        {
            for (var session = 0; session < Sessions; session++)
            {
                var index = (day * Sessions) + session;
                Rates[index] = IsKnown(index) ? (double)totals.Absent[index] / totals.Possible[index] : double.NaN;
                if (totals.IsUnknownForAll(index))
                {
                    DayBits.Add(UnknownForAll[session], day);
                    HasUnknownForAll = true;
                }
                if (IsFarAboveUsual(day, session))
                {
                    DayBits.Add(Exceptional[session], day);
                    HasExceptional = true;
                }
            }
        }
    }

    private bool IsKnown(int index) => Register.Totals.Possible[index] > 0 && !Register.Totals.IsUnknownForAll(index);

    /// <summary>A morning is compared with mornings, an afternoon with afternoons. Done in whole numbers: the edge is exact.</summary>
    private bool IsFarAboveUsual(int day, int session)
    {
        var totals = Register.Totals;
        var index = (day * Sessions) + session;
        long absent = totals.Absent[index], possible = totals.Possible[index];
        // A rate below the fifteen points cannot lie fifteen points above anything: nearly every session ends here.
        if (possible < ExceptionalPupils || absent * 100 < possible * ExceptionalPoints || !IsKnown(index)) return false;

        Span<int> before = stackalloc int[ExceptionalLookBackDays];
        var known = 0;
        for (var earlier = Math.Max(0, day - ExceptionalLookBackDays); earlier < day; earlier++)
        {
            var candidate = (earlier * Sessions) + session;
            if (IsKnown(candidate)) before[known++] = candidate;
        }
        if (known < ExceptionalKnownDays) return false;
        before = before[..known];
        before.Sort((a, b) => ((long)totals.Absent[a] * totals.Possible[b]).CompareTo((long)totals.Absent[b] * totals.Possible[a]));
        var (lower, upper) = (before[(known - 1) / 2], before[known / 2]);
        Int128 p1 = totals.Possible[lower], p2 = totals.Possible[upper];
        var medianTwice = (totals.Absent[lower] * p2) + (totals.Absent[upper] * p1);
        // absent / possible - medianTwice / (2 p1 p2) >= 15 / 100
        return 100 * ((2 * absent * p1 * p2) - (medianTwice * possible)) >= ExceptionalPoints * 2 * possible * p1 * p2;
    }
}
