using System.Globalization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Demo;

/// <summary>Puts a demo district together: schools, rolls, stories, registers, events, forms.</summary>
internal static class DemoBuilder
{
    private static readonly string[] EnglandNames = ["Ashgrove-Primary", "Harbour-Secondary", "Millbrook-Primary", "Kestrel-Academy"];
    private static readonly string[] UsNames = ["Lincoln-Elementary", "Jefferson-High", "Sakura-Elementary", "Riverside-High"];

    public static DemoDistrict Build(DemoOptions options)
    {
        var plans = Plans(options);
        var castings = options is { Lifelike: true, Days: >= DemoStoryBook.NeedsDays, Students: >= DemoStoryBook.NeedsStudents }
            ? DemoCasting.Cast(plans)
            : [];
        var schools = plans.ConvertAll(plan => new DemoSchool(plan.Id, plan.Style, plan.Stage, plan.Calendar, [.. plan.Roll]));
        FillRegisters(schools, options);

        var leads = new Dictionary<int, DemoPlot>();
        var stories = new List<DemoStory>();
        var forms = new List<DemoObservation>();
        foreach (var casting in castings)
        {
            leads.Add(casting.Student, casting.Plot);
            stories.Add(Write(casting, schools, forms));
        }
        if (options.Lifelike)
        {
            if (schools.Find(school => school.Style == DemoStyle.England) is { } oddOne) DemoEvents.LeaveRegisterUntaken(oddOne);
            DemoForms.Add(schools, options.Seed, leads, forms);
        }
        return new DemoDistrict(options, schools, leads, stories, [.. forms.OrderBy(form => form.Date).ThenBy(form => form.Student)]);
    }

    private static List<DemoSchoolPlan> Plans(DemoOptions options)
    {
        var reference = options.Styles == DemoStyles.UsDaily ? DemoStyle.UsDaily : DemoStyle.England;
        var referenceCalendar = DemoCalendar.OfLength(reference, options.Days);
        var lastDay = referenceCalendar.Days.Dates[^1];
        var otherCalendar = DemoCalendar.Through(reference == DemoStyle.England ? DemoStyle.UsDaily : DemoStyle.England, lastDay);

        var count = options.SchoolCount;
        var plans = new List<DemoSchoolPlan>(count);
        for (var index = 0; index < count; index++)
        {
            var mixed = options.Styles == DemoStyles.Mixed;
            var style = mixed ? (DemoStyle)(index % 2) : reference;
            var nth = mixed ? index / 2 : index;
            var calendar = style == reference ? referenceCalendar : otherCalendar;
            var first = (int)((long)options.Students * index / count);
            var end = (int)((long)options.Students * (index + 1) / count);
            plans.Add(new DemoSchoolPlan(IdOf(style, nth), style, (DemoStage)(nth % 2), calendar, DemoRoll.Of(options, calendar, first, end)));
        }
        return plans;
    }

    private static SchoolId IdOf(DemoStyle style, int nth)
    {
        var names = style == DemoStyle.England ? EnglandNames : UsNames;
        return SchoolId.Parse(nth < names.Length
            ? names[nth]
            : string.Create(CultureInfo.InvariantCulture, $"{(style == DemoStyle.England ? "EN" : "US")}-School-{nth + 1:D3}"));
    }

    private static void FillRegisters(List<DemoSchool> schools, DemoOptions options)
    {
        var flu = schools.Find(school => school.Style == DemoStyle.England);
        var snow = schools.Find(school => school.Style == DemoStyle.UsDaily);
        foreach (var school in schools)
        {
            var factors = DemoSeason.Factors(school.Calendar);
            if (options.Lifelike && school == flu) DemoEvents.Flu(school.Calendar, factors);
            for (var slot = 0; slot < school.SlotCount; slot++)
            {
                var random = new DemoRandom((ulong)options.Seed, DemoStreams.Pupil(school.StudentOf(slot)));
                DemoPupilModel.Fill(school, slot, factors, ref random);
            }
            if (options.Lifelike && school == snow) DemoEvents.Snow(school, new DemoRandom((ulong)options.Seed, DemoStreams.Snow));
        }
    }

    private static DemoStory Write(DemoCasting casting, List<DemoSchool> schools, List<DemoObservation> forms)
    {
        var places = casting.Places.Select(place => (schools[place.School], place.Slot)).ToArray();
        foreach (var (school, slot) in places) school.ClearSlot(slot);
        var student = StudentUniqueId.Parse(DemoDistrict.NumberOf(casting.Student));
        var plot = casting.Plot;
        plot.Write(new DemoPen(student, places[0].Item1.Calendar, places, forms));
        return new DemoStory(
            student, places[^1].Item1.Id, plot.GivenName, plot.FamilyName, plot.Title, plot.Tells, plot.Expected, plot.NotScreenedBecause);
    }
}
