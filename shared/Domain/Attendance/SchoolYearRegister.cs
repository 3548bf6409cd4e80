using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance;

/// <summary>One school's year as screening reads it: its instructional days, what the whole school did in each session,
/// and the pupils in blocks of 64.</summary>
public sealed class SchoolYearRegister
{
    public required SchoolId School { get; init; }

    public required SchoolYear Year { get; init; }

    /// <summary>The school's instructional days of the year, ascending. Day index = position here.</summary>
    public required SchoolDays Days { get; init; }

    /// <summary>One or two sessions a day; session index 0 is the whole day or AM, 1 is PM.</summary>
    public required SessionScheme Scheme { get; init; }

    /// <summary>Per session of every day (index day × sessions + session).</summary>
    public required SchoolSessionTotals Totals { get; init; }

    public required IReadOnlyList<RegisterBlock> Blocks { get; init; }

    /// <summary>The days the school's feeds have covered, from the first to the last; null before the first feed.</summary>
    public Coverage? Covered { get; init; }

    public int SessionsPerDay => (int)Scheme;
}

/// <summary>Ascending instructional days of one school's year. At most 366.</summary>
public sealed class SchoolDays
{
    private readonly DateOnly[] dates;

    public SchoolDays(IEnumerable<DateOnly> ascending)
    {
        dates = [.. ascending];
        for (var i = 1; i < dates.Length; i++)
            if (dates[i] <= dates[i - 1]) throw new ArgumentException("Days must ascend.", nameof(ascending));
        if (dates.Length > 366) throw new ArgumentException("A school year has at most 366 days.", nameof(ascending));
    }

    public int Count => dates.Length;

    public ReadOnlySpan<DateOnly> Dates => dates;

    public DateOnly this[int day] => dates[day];

    public DateOnly this[Index day] => dates[day];

    /// <summary>The day's index, or -1 if it is not an instructional day.</summary>
    public int IndexOf(DateOnly date)
    {
        var i = Array.BinarySearch(dates, date);
        return i < 0 ? -1 : i;
    }

    /// <summary>How many days lie on or before the date.</summary>
    public int CountThrough(DateOnly date)
    {
        var i = Array.BinarySearch(dates, date);
        return i < 0 ? ~i : i + 1;
    }
}

/// <summary>What a school's pupils did in each session: the school-day baseline. Arrays are indexed by
/// day × sessions + session.</summary>
/// <param name="Possible">Pupils with a possible session.</param>
/// <param name="Absent">Pupils absent.</param>
/// <remarks>A register of ten or more pupils with nobody present is unknown for all (<see cref="IsUnknownForAll"/>).</remarks>
public sealed record SchoolSessionTotals(int[] Possible, int[] Absent)
{
    /// <summary>Inclusive: a register of this many possible pupils with nobody present was not taken.</summary>
    public const int NobodyPresentFrom = 10;

    public bool IsUnknownForAll(int session) => Possible[session] >= NobodyPresentFrom && Absent[session] == Possible[session];
}

/// <summary>When a pupil is on a school's roll, both dates inclusive; no exit means still on roll.</summary>
public readonly record struct EnrollmentSpan(DateOnly Entry, DateOnly? Exit)
{
    public bool Covers(DateOnly date) => date >= Entry && (Exit is not { } exit || date <= exit);
}

/// <summary>A pupil's place in a block: who, and when on this school's roll. <paramref name="ElsewhereToo"/> is set when
/// the pupil has enrolments in other schools in the same school year, so that the days of both must be read together.</summary>
public sealed record RegisterSlot(StudentKey Student, IReadOnlyList<EnrollmentSpan> Spans, bool ElsewhereToo);

/// <summary>Up to 64 pupils of one school with their marks of the year, one column of 64 marks for each session.</summary>
public sealed class RegisterBlock
{
    /// <summary>Pupils in a block: one bit of a machine word each.</summary>
    public const int Width = 64;

    public required int Number { get; init; }

    /// <summary>By slot; null where a slot is free.</summary>
    public required IReadOnlyList<RegisterSlot?> Slots { get; init; }

    /// <summary>Marks at (day × sessions + session) × 64 + slot, for every day of <see cref="SchoolYearRegister.Days"/>.</summary>
    public required byte[] Marks { get; init; }

    /// <summary>Section absences of these pupils, by date; empty for most.</summary>
    public IReadOnlyList<SectionAbsence> SectionAbsences { get; init; } = [];

    internal RegisterBlock With(IReadOnlyList<SectionAbsence> sections) =>
        new() { Number = Number, Slots = Slots, Marks = Marks, SectionAbsences = sections };
}

/// <summary>A pupil missing, or late to, one section (lesson) on a day.</summary>
public readonly record struct SectionAbsence(int Slot, DateOnly Date, string Section, Mark Mark);
