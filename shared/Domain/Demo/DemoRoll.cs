using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Demo;

/// <summary>A school before its registers are filled.</summary>
internal sealed record DemoSchoolPlan(SchoolId Id, DemoStyle Style, DemoStage Stage, DemoCalendar Calendar, List<DemoSlot> Roll);

/// <summary>Who is on a school's roll, and when.</summary>
internal static class DemoRoll
{
    private const double JoinsLate = 0.02;
    private const double LeavesEarly = 0.015;

    /// <summary>Shorter demos have a steady roll. Inclusive.</summary>
    private const int MovesFromDays = 30;

    public static List<DemoSlot> Of(DemoOptions options, DemoCalendar calendar, int firstStudent, int endStudent)
    {
        var days = calendar.Days.Count;
        var moves = options.Lifelike && days >= MovesFromDays;
        var roll = new List<DemoSlot>(endStudent - firstStudent + 1);
        for (var student = firstStudent; student < endStudent; student++)
        {
            var slot = new DemoSlot(student, 0, null);
            if (moves)
            {
                var random = new DemoRandom((ulong)options.Seed, DemoStreams.Roll(student));
                var draw = random.NextDouble();
                if (draw < JoinsLate) slot = slot with { EntryDay = (short)(1 + random.NextInt(days - 1)) };
                else if (draw < JoinsLate + LeavesEarly) slot = slot with { ExitDay = (short)random.NextInt(days - 1) };
            }
            roll.Add(slot);
        }
        return roll;
    }
}

/// <summary>Which pupil plays a story, and where: one school, or two after a move.</summary>
internal sealed record DemoCasting(DemoPlot Plot, int Student, IReadOnlyList<(int School, int Slot)> Places)
{
    /// <summary>Gives each story to a pupil of a fitting school, spread over the schools there are; those without a fitting
    /// school are left out. Rolls are changed so that the pupil is there all year, or moves on the story's day.</summary>
    public static List<DemoCasting> Cast(List<DemoSchoolPlan> plans)
    {
        var castings = new List<DemoCasting>();
        foreach (var plot in DemoStoryBook.Plots)
        {
            var fitting = Enumerable.Range(0, plans.Count)
                .Where(index => plans[index].Style == plot.Style && plans[index].Stage == plot.Stage).ToArray();
            var nth = castings.Count(casting => casting.Plot.Style == plot.Style && casting.Plot.Stage == plot.Stage);
            if (fitting.Length == 0 || (plot.MovesDaysAgo is not null && fitting.Length < 2)) continue;

            var home = fitting[nth % fitting.Length];
            var roll = plans[home].Roll;
            // Spaced out, so that the stories are not the first lines of the school's list.
            var slot = 11 + 23 * nth;
            if (slot >= roll.Count) continue;
            var stays = new DemoSlot(roll[slot].Student, 0, null);
            if (plot.MovesDaysAgo is not { } ago)
            {
                roll[slot] = stays;
                castings.Add(new DemoCasting(plot, stays.Student, [(home, slot)]));
                continue;
            }
            var entry = plans[home].Calendar.Days.Count - ago;
            var next = fitting[(nth + 1) % fitting.Length];
            roll[slot] = stays with { ExitDay = (short)(entry - 1) };
            plans[next].Roll.Add(stays with { EntryDay = (short)entry });
            castings.Add(new DemoCasting(plot, stays.Student, [(home, slot), (next, plans[next].Roll.Count - 1)]));
        }
        return castings;
    }
}
