using System.Text;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;

namespace SchoolSignal.Domain.Feeds;

/// <summary>A section event to record beside the register.</summary>
/// <param name="IsFolded">A lesson of a day's period marks.</param>
public sealed record StatedSection(int SlotIndex, DateOnly Date, string Section, Mark Mark, bool IsFolded = false);

/// <summary>Lays out one batch: each row becomes a mark in the page of its block and month, and the feed's kind fills what
/// no row names. Pure; nothing is read or stored here.</summary>
public sealed class BatchSheet
{
    private readonly SchoolRoll roll;
    private readonly SchoolYear year;
    private readonly SessionScheme scheme;
    private readonly PeriodFold fold;
    private readonly bool[] instructional;
    private readonly BatchPage?[] pages;
    private readonly (int Month, int Day, int YearMonth)[] calendar;
    private readonly int blocks;
    private readonly Dictionary<(int Slot, int Day), (Mark Am, Mark Pm, bool HasAm, bool HasPm)> halves = [];
    private readonly Dictionary<(int Slot, int Day), PeriodCount> periods = [];
    private readonly bool absencesOnly;
    private ulong periodsSeen;

    /// <param name="instructionalDays">The school's days; null where no calendar is known, and then nothing lies outside it.</param>
    /// <param name="absencesOnly">The feed names absences only: a day then has as many periods as the feed names in all.</param>
    public BatchSheet(SchoolRoll roll, SchoolYear year, SessionScheme scheme, SchoolDays? instructionalDays, PeriodFold fold, bool absencesOnly)
    {
        this.absencesOnly = absencesOnly;
        this.roll = roll;
        this.year = year;
        this.scheme = scheme;
        this.fold = fold;
        blocks = Math.Max(1, roll.BlockCount);
        pages = new BatchPage?[12 * blocks];
        var days = year.LastDay.DayNumber - year.FirstDay.DayNumber + 1;
        instructional = new bool[days];
        calendar = new (int, int, int)[days];
        for (var day = 0; day < days; day++)
        {
            var date = year.FirstDay.AddDays(day);
            calendar[day] = (((date.Month - year.FirstMonth) + 12) % 12, date.Day, LedgerKeys.YearMonth(date));
            instructional[day] = instructionalDays is null || instructionalDays.IndexOf(date) >= 0;
        }
    }

    public long TwiceStated { get; private set; }

    public long OutsideCalendar { get; private set; }

    public long OutsideEnrollment { get; private set; }

    public List<StatedSection> Sections { get; } = [];

    /// <summary>The days on which the feed speaks for the sections of those it does not name; null if it does not.</summary>
    public Coverage? SectionsCovered { get; set; }

    public int BlockCount => blocks;

    /// <summary>Every day of the year within <see cref="SectionsCovered"/>.</summary>
    public IEnumerable<DateOnly> DaysSpokenForInSections()
    {
        if (SectionsCovered is not { } covered) yield break;
        for (var day = 0; day < instructional.Length; day++)
            if (year.FirstDay.AddDays(day) is var date && covered.Contains(date)) yield return date;
    }

    /// <summary>Takes a row of a pupil on the roll.</summary>
    /// <param name="deleteMeans">What a taken-back statement leaves: present in an exceptions feed, unknown elsewhere.</param>
    public void Add(int slotIndex, in BatchRow row, Mark deleteMeans)
    {
        var day = row.DayOfYear;
        if (!instructional[day]) OutsideCalendar++;
        if (!OnRoll(roll[slotIndex]!, year.FirstDay.AddDays(day))) OutsideEnrollment++;
        var mark = row.IsDelete ? deleteMeans : row.Mark;
        if (!row.Section.IsEmpty)
        {
            Sections.Add(new StatedSection(slotIndex, year.FirstDay.AddDays(day), Encoding.UTF8.GetString(row.Section), row.IsDelete ? Mark.Unknown : mark));
            return;
        }
        switch (row.Session)
        {
            case SessionOfDay.Period:
                AddPeriod(slotIndex, day, row.Period, mark);
                break;
            case SessionOfDay.WholeDay:
                Name(slotIndex, day, 0, mark);
                if (scheme == SessionScheme.AmPm) Name(slotIndex, day, 1, mark, again: true);
                break;
            default:
                if (scheme == SessionScheme.AmPm) Name(slotIndex, day, row.Session == SessionOfDay.Am ? 0 : 1, mark);
                else AddHalf(slotIndex, day, row.Session == SessionOfDay.Am, mark);
                break;
        }
    }

    /// <summary>Folds half days and periods into marks; call once, after the last row.</summary>
    public void Fold()
    {
        foreach (var ((slot, day), half) in halves) Name(slot, day, 0, FoldHalves(half.Am, half.Pm, half.HasAm, half.HasPm));
        var periodsOfDay = absencesOnly ? System.Numerics.BitOperations.PopCount(periodsSeen) : 0;
        foreach (var ((slot, day), count) in periods)
        {
            var mark = count.Fold(fold, periodsOfDay);
            Name(slot, day, 0, mark);
            if (scheme == SessionScheme.AmPm) Name(slot, day, 1, mark, again: true);
            // Missing a lesson is a sign of its own only on a day the pupil was there.
            if (!mark.IsAbsent) AddMissedPeriods(slot, day, count);
        }
        halves.Clear();
        periods.Clear();
    }

    /// <summary>States a mark for every session of an instructional day in the coverage that no row names, for pupils on
    /// roll that day.</summary>
    public void Fill(Coverage coverage, Mark mark)
    {
        var slots = new ulong[blocks];
        for (var day = 0; day < instructional.Length; day++)
        {
            var date = year.FirstDay.AddDays(day);
            if (!instructional[day] || !coverage.Contains(date)) continue;
            Array.Clear(slots);
            foreach (var (index, slot) in roll.Pupils())
                if (OnRoll(slot, date)) slots[index / RegisterBlock.Width] |= 1UL << (index % RegisterBlock.Width);
            for (var block = 0; block < blocks; block++)
            {
                if (slots[block] == 0) continue;
                var page = PageOf(calendar[day].Month, block);
                for (var session = 0; session < (int)scheme; session++)
                    page.Fill(((calendar[day].Day - 1) * 2) + session, slots[block], mark);
            }
        }
    }

    /// <summary>The school days within the coverage.</summary>
    public IEnumerable<DateOnly> InstructionalDays(Coverage coverage)
    {
        for (var day = 0; day < instructional.Length; day++)
            if (instructional[day] && year.FirstDay.AddDays(day) is var date && coverage.Contains(date)) yield return date;
    }

    /// <summary>The pages that state anything, by month, then block.</summary>
    public IEnumerable<(int YearMonth, int Block, BatchPage Page)> Pages()
    {
        for (var month = 0; month < 12; month++)
        {
            var first = year.FirstDay.AddMonths(month);
            for (var block = 0; block < blocks; block++)
                if (pages[(month * blocks) + block] is { IsEmpty: false } page) yield return (LedgerKeys.YearMonth(first), block, page);
        }
    }

    private void Name(int slotIndex, int day, int session, Mark mark, bool again = false)
    {
        var (month, dayOfMonth, _) = calendar[day];
        var page = PageOf(month, slotIndex / RegisterBlock.Width);
        if (!page.Name(((dayOfMonth - 1) * 2) + session, slotIndex % RegisterBlock.Width, mark) && !again) TwiceStated++;
    }

    private BatchPage PageOf(int month, int block) => pages[(month * blocks) + block] ??= new BatchPage();

    private static bool OnRoll(RegisterSlot slot, DateOnly date)
    {
        var spans = slot.Spans;
        for (var i = 0; i < spans.Count; i++)
            if (spans[i].Covers(date)) return true;
        return false;
    }

    private void AddHalf(int slot, int day, bool morning, Mark mark)
    {
        var half = halves.GetValueOrDefault((slot, day));
        if (morning ? half.HasAm : half.HasPm) TwiceStated++;
        halves[(slot, day)] = morning
            ? half with { Am = half.HasAm ? Mark.Greater(half.Am, mark) : mark, HasAm = true }
            : half with { Pm = half.HasPm ? Mark.Greater(half.Pm, mark) : mark, HasPm = true };
    }

    /// <summary>A school that records whole days takes both halves: absent in one only is part of the day.</summary>
    private static Mark FoldHalves(Mark am, Mark pm, bool hasAm, bool hasPm)
    {
        if (!hasAm || !hasPm)
        {
            var only = hasAm ? am : pm;
            return only.IsAbsent ? new Mark(MarkCategory.Partial, only.Reason) : only;
        }
        if (am.IsAbsent == pm.IsAbsent) return Mark.Greater(am, pm);
        var (absent, other) = am.IsAbsent ? (am, pm) : (pm, am);
        return other.IsPossible ? new Mark(MarkCategory.Partial, absent.Reason) : absent;
    }

    private void AddPeriod(int slot, int day, byte period, Mark mark)
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(periods, (slot, day), out _);
        var bit = 1UL << (period & 63);
        periodsSeen |= bit;
        if ((count.Stated & bit) != 0) TwiceStated++;
        count = count.With(bit, mark);
    }

    private void AddMissedPeriods(int slot, int day, PeriodCount count)
    {
        var mark = new Mark(MarkCategory.Absent, count.Greatest.Reason);
        for (var rest = count.Absent; rest != 0; rest &= rest - 1)
            Sections.Add(new StatedSection(slot, year.FirstDay.AddDays(day), $"P{System.Numerics.BitOperations.TrailingZeroCount(rest)}", mark, IsFolded: true));
    }

    /// <summary>A day's periods: which were stated, which of them absent, and the greatest mark.</summary>
    private readonly record struct PeriodCount(ulong Stated, ulong Absent, Mark Greatest)
    {
        public PeriodCount With(ulong bit, Mark mark) => new(
            Stated | bit, mark.IsAbsent ? Absent | bit : Absent, Stated == 0 ? mark : Mark.Greater(Greatest, mark));

        public Mark Fold(PeriodFold fold, int periodsOfDay)
        {
            if (Absent == 0) return Greatest;
            var absent = System.Numerics.BitOperations.PopCount(Absent);
            var of = Math.Max(periodsOfDay, System.Numerics.BitOperations.PopCount(Stated));
            return absent >= fold.AbsentFrom * of ? Greatest : new Mark(MarkCategory.Partial, Greatest.Reason);
        }
    }
}
