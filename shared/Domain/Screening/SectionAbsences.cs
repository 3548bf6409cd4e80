using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Screening;

/// <summary>Finds the section a pupil on site misses most. Holds a block's section absences sorted by slot, and one pupil's
/// own. Reused from block to block.</summary>
internal sealed class SectionAbsences
{
    private readonly int[] starts = new int[RegisterBlock.Width + 1];
    private readonly List<(SchoolYearRegister School, string Section, int Day)> ofPupil = [];
    private SectionAbsence[] ofBlock = [];
    private RegisterBlock? block;

    public void LoadBlock(RegisterBlock source)
    {
        block = source;
        var list = source.SectionAbsences;
        if (list.Count == 0) return;
        if (ofBlock.Length < list.Count) ofBlock = new SectionAbsence[list.Count];
        Array.Clear(starts);
        for (var i = 0; i < list.Count; i++) starts[list[i].Slot + 1]++;
        for (var slot = 0; slot < RegisterBlock.Width; slot++) starts[slot + 1] += starts[slot];
        Span<int> next = stackalloc int[RegisterBlock.Width];
        starts.AsSpan(0, RegisterBlock.Width).CopyTo(next);
        for (var i = 0; i < list.Count; i++) ofBlock[next[list[i].Slot]++] = list[i];
    }

    /// <summary>Takes the absences of a slot of the loaded block; the pupil's days are those of this school alone.</summary>
    public void LoadPupil(SchoolBaseline school, int slot, PupilDays days)
    {
        ofPupil.Clear();
        if (block!.SectionAbsences.Count == 0) return;
        for (var i = starts[slot]; i < starts[slot + 1]; i++) Take(school, ofBlock[i], days);
    }

    /// <summary>Takes the absences of a pupil's places.</summary>
    public void LoadPupil(List<PupilPlace> places, PupilDays days)
    {
        ofPupil.Clear();
        foreach (var place in places)
        {
            var list = place.Block.SectionAbsences;
            for (var i = 0; i < list.Count; i++)
                if (list[i].Slot == place.Slot) Take(place.School, list[i], days);
        }
    }

    private void Take(SchoolBaseline school, SectionAbsence absence, PupilDays days)
    {
        if (!absence.Mark.IsAbsent) return;
        var day = Array.BinarySearch(days.Dates, days.Start, days.End - days.Start, absence.Date);
        if (day >= 0) ofPupil.Add((school.Register, absence.Section, day));
    }

    /// <summary>The most days of the window on which the pupil attended and missed one same section.</summary>
    public int Most(PupilDays days, DayWindow window)
    {
        if (ofPupil.Count == 0) return 0;
        Span<ulong> best = stackalloc ulong[DayBits.Words];
        return FillMost(days, window, best);
    }

    /// <summary>As <see cref="Most"/>, with the days; of sections missed equally often, the first by name, then by school.</summary>
    public int FillMost(PupilDays days, DayWindow window, Span<ulong> best)
    {
        best.Clear();
        var (most, mostAt) = (0, -1);
        Span<ulong> missed = stackalloc ulong[DayBits.Words];
        for (var i = 0; i < ofPupil.Count; i++)
        {
            missed.Clear();
            for (var j = i; j < ofPupil.Count; j++)
            {
                var (school, section, day) = ofPupil[j];
                if (day >= window.From && day < window.To && section == ofPupil[i].Section && school == ofPupil[i].School
                    && DayBits.Has(days[DayClass.Attended], day)) DayBits.Add(missed, day);
            }
            var count = DayBits.Count(missed);
            if (count < most || count == 0 || (count == most && !ComesBefore(i, mostAt))) continue;
            (most, mostAt) = (count, i);
            missed.CopyTo(best);
        }
        return most;
    }

    private bool ComesBefore(int candidate, int other)
    {
        var byName = string.CompareOrdinal(ofPupil[candidate].Section, ofPupil[other].Section);
        return byName < 0 || (byName == 0 && ofPupil[candidate].School.School.CompareTo(ofPupil[other].School.School) < 0);
    }
}
