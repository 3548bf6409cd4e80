using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Demo;

/// <summary>The forms teachers fill in on other pupils: most say that all is well.</summary>
internal static class DemoForms
{
    private const double HasForm = 0.04;
    private const int LastDays = 40;

    public static void Add(List<DemoSchool> schools, long seed, Dictionary<int, DemoPlot> leads, List<DemoObservation> forms)
    {
        foreach (var school in schools)
            for (var slot = 0; slot < school.SlotCount; slot++)
            {
                var place = school.Slots[slot];
                var random = new DemoRandom((ulong)seed, DemoStreams.Observation(place.Student));
                if (!random.Chance(HasForm) || leads.ContainsKey(place.Student)) continue;
                var days = school.Calendar.Days.Count;
                var day = days - 1 - random.NextInt(Math.Min(LastDays, days));
                if (day < place.EntryDay || day > (place.ExitDay ?? int.MaxValue)) continue;
                forms.Add(new DemoObservation(
                    school.Calendar.Days[day], StudentUniqueId.Parse(DemoDistrict.NumberOf(place.Student)),
                    $"teacher-{1 + random.NextInt(12)}", Items(ref random)));
            }
    }

    private static byte?[] Items(ref DemoRandom random)
    {
        var items = new byte?[Observation.ItemCount];
        for (var item = 0; item < items.Length - 1; item++)
            items[item] = random.NextDouble() switch
            {
                < 0.08 => null,
                < 0.60 => 0,
                < 0.90 => 1,
                < 0.985 => 2,
                _ => 3,
            };
        items[^1] = (byte)(2 + random.NextInt(3));
        return items;
    }
}
