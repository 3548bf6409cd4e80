namespace SchoolSignal.Domain.Screening;

/// <summary>A maximal run of absent days; blank days inside are skipped, an attended or partial day ends it.</summary>
/// <param name="From">Its first absent day.</param>
/// <param name="To">The day that ended it, exclusive, or the end of the pupil's days.</param>
/// <param name="Days">Absent days in it.</param>
internal readonly record struct Spell(int From, int To, int Days, bool AllIllness, bool AllMedical, bool ReachesTheLastDay);

/// <summary>A pupil's spells of absence, oldest first.</summary>
internal ref struct Spells(PupilDays days)
{
    private readonly ReadOnlySpan<ulong> absent = days[DayClass.AbsentDay];
    private readonly ReadOnlySpan<ulong> attended = days[DayClass.Attended];
    private int position = days.Start;

    public Spell Current { get; private set; }

    public readonly Spells GetEnumerator() => this;

    public bool MoveNext()
    {
        var from = DayBits.Next(absent, position, days.End);
        if (from >= days.End) return false;
        var to = DayBits.Next(attended, from, days.End);
        var length = DayBits.Count(absent, from, to);
        Current = new Spell(
            from, to, length,
            DayBits.Count(days[DayClass.AllIllness], from, to) == length,
            DayBits.Count(days[DayClass.AllMedical], from, to) == length,
            to >= days.End);
        position = to;
        return true;
    }
}
