using System.Diagnostics.CodeAnalysis;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Demo;

/// <summary>Ages a school teaches; older pupils miss more.</summary>
public enum DemoStage
{
    Primary,
    Secondary,
}

/// <summary>One generated school: its calendar, who is on its roll, and its registers.</summary>
public sealed class DemoSchool
{
    private readonly DemoMark[] marks;
    private readonly DemoSlot[] slots;

    internal DemoSchool(SchoolId id, DemoStyle style, DemoStage stage, DemoCalendar calendar, DemoSlot[] slots)
    {
        Id = id;
        Style = style;
        Stage = stage;
        Calendar = calendar;
        this.slots = slots;
        marks = new DemoMark[calendar.Days.Count * SessionsPerDay * slots.Length];
    }

    public SchoolId Id { get; }

    public DemoStyle Style { get; }

    public DemoStage Stage { get; }

    public DemoCalendar Calendar { get; }

    public SessionScheme Scheme => Style == DemoStyle.England ? SessionScheme.AmPm : SessionScheme.WholeDay;

    public int SessionsPerDay => (int)Scheme;

    /// <summary>Enrolments; a pupil who leaves for another school of the district has a place in both.</summary>
    public int SlotCount => slots.Length;

    internal ReadOnlySpan<DemoSlot> Slots => slots;

    /// <summary>The mark its code stands for; unknown where the pupil is not on roll or the code maps to nothing.</summary>
    public Mark MarkAt(int day, int session, int slot) => At(day, session, slot).ToMark(Style);

    /// <summary>The pupil of a slot, as its position in the district.</summary>
    public int StudentOf(int slot) => slots[slot].Student;

    /// <summary>Marks of all slots in one session.</summary>
    internal Span<DemoMark> Session(int day, int session) =>
        marks.AsSpan((day * SessionsPerDay + session) * slots.Length, slots.Length);

    internal ref DemoMark At(int day, int session, int slot) =>
        ref marks[(day * SessionsPerDay + session) * slots.Length + slot];

    /// <summary>Present on every day on roll.</summary>
    internal void ClearSlot(int slot)
    {
        for (var day = 0; day < Calendar.Days.Count; day++)
            if (At(day, 0, slot) != DemoMark.NotOnRoll) SetDay(day, slot, DemoMark.Present);
    }

    /// <summary>The same mark in every session of a day.</summary>
    internal void SetDay(int day, int slot, DemoMark mark)
    {
        for (var session = 0; session < SessionsPerDay; session++) At(day, session, slot) = mark;
    }
}

/// <summary>A pupil's place in a school: when on roll, in day indices, both inclusive.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared")]
internal readonly record struct DemoSlot(int Student, short EntryDay, short? ExitDay);
