using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Benchmarks.Rules;

/// <summary>Observation forms on one pupil in twenty: two of months ago, two of the last weeks by two observers.</summary>
internal static class SyntheticForms
{
    private const int PupilsAForm = 20;

    public static ObservationIndex Of(IEnumerable<SyntheticSchool> schools, DateOnly asOf) => new(
        from school in schools
        from block in school.Register.Blocks
        from slot in block.Slots
        where slot is not null && SyntheticSchool.PupilOf(slot.Student) % PupilsAForm == 0
        from form in OnPupil(school.Register, slot, asOf)
        select form);

    private static IEnumerable<Observation> OnPupil(SchoolYearRegister school, RegisterSlot pupil, DateOnly asOf)
    {
        var random = new SplitMix64((ulong)SyntheticSchool.PupilOf(pupil.Student) ^ 0x5EED);
        var days = school.Days.CountThrough(asOf);
        foreach (var (schoolDaysAgo, worse) in ((int, int)[])[(120, 0), (90, 0), (15, 1), (5, 1)])
        {
            if (schoolDaysAgo > days) continue;
            var items = new byte?[Observation.ItemCount];
            for (var item = 0; item < items.Length; item++)
                items[item] = random.Next() % 10 == 0 ? null : (byte)Math.Min(Observation.MaxAnswer, (random.Next() % 4) + (ulong)worse);
            var id = new ObservationId(new Guid(SyntheticSchool.PupilOf(pupil.Student), (short)schoolDaysAgo, 0, new byte[8]));
            yield return new Observation(id, pupil.Student, school.School, school.Days[days - schoolDaysAgo], schoolDaysAgo == 5 ? "second" : "first", items);
        }
    }
}
