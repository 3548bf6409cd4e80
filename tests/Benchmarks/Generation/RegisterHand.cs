using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Benchmarks.Generation;

/// <summary>Writes pupils' marks into a block, as a year of a school would.</summary>
/// <param name="sessions">One or two a day.</param>
public sealed class RegisterHand(SchoolDays days, int sessions, bool awkward)
{
    private static readonly MarkReason[] Reasons =
    [
        MarkReason.Illness, MarkReason.Illness, MarkReason.Illness, MarkReason.Illness, MarkReason.Illness, MarkReason.Medical,
        MarkReason.AuthorisedOther, MarkReason.Holiday, MarkReason.UnauthorisedOther, MarkReason.NoReasonYet,
    ];

    private const double MeanAbsence = 0.065;
    private const double MeanLate = 0.02;

    /// <summary>A pupil's year. Absence rates are exponential over pupils: a negative binomial of size 1.</summary>
    public void Write(byte[] marks, int slot, IReadOnlyList<EnrollmentSpan> spans, ref SplitMix64 random)
    {
        foreach (var span in spans)
        {
            var first = days.CountThrough(span.Entry.AddDays(-1));
            var end = span.Exit is { } exit ? days.CountThrough(exit) : days.Count;
            for (var day = first; day < end; day++) Day(marks, day, slot, Mark.Present);
        }

        Absences(marks, slot, spans, Math.Min(0.6, -Math.Log(1 - random.Unit()) * MeanAbsence), ref random);
        PartDays(marks, slot, spans, Math.Min(0.3, -Math.Log(1 - random.Unit()) * MeanLate), ref random);
        if (awkward) AnyMarks(marks, slot, ref random);
    }

    private void Absences(byte[] marks, int slot, IReadOnlyList<EnrollmentSpan> spans, double rate, ref SplitMix64 random)
    {
        if (rate < 0.002) return;
        var day = random.Geometric(rate / 2);
        while (day < days.Count)
        {
            var mark = new Mark(MarkCategory.Absent, Reasons[random.Below(Reasons.Length)]);
            for (var left = 1 + random.Geometric(0.55); left > 0 && day < days.Count; left--, day++)
                if (OnRoll(spans, day)) Day(marks, day, slot, mark);
            day += 1 + random.Geometric(rate / 2);
        }
    }

    private void PartDays(byte[] marks, int slot, IReadOnlyList<EnrollmentSpan> spans, double rate, ref SplitMix64 random)
    {
        if (rate < 0.001) return;
        for (var day = random.Geometric(rate); day < days.Count; day += 1 + random.Geometric(rate))
        {
            if (!OnRoll(spans, day)) continue;
            var mark = random.Below(10) switch
            {
                0 => new Mark(MarkCategory.LeftEarly),
                1 => new Mark(MarkCategory.Partial),
                2 => new Mark(MarkCategory.Absent, MarkReason.LateAfterClose),
                _ => new Mark(MarkCategory.Late),
            };
            marks[At(day, random.Below(sessions), slot)] = mark.Value;
        }
    }

    /// <summary>One mark in ten, on roll or not, becomes any mark there is.</summary>
    private void AnyMarks(byte[] marks, int slot, ref SplitMix64 random)
    {
        for (var session = random.Geometric(0.1); session < days.Count * sessions; session += 1 + random.Geometric(0.1))
        {
            var category = (MarkCategory)random.Below((int)MarkCategory.NotRequired + 1);
            var reason = category is MarkCategory.Absent or MarkCategory.NotRequired ? (MarkReason)random.Below((int)MarkReason.Skipping + 1) : MarkReason.None;
            marks[(session * RegisterBlock.Width) + slot] = new Mark(category, reason).Value;
        }
    }

    /// <summary>A snow day and a flu day, a register never taken (all absent, all blank), a closure found out later.</summary>
    public void SchoolWideDays(IReadOnlyList<RegisterBlock> blocks, ref SplitMix64 random)
    {
        for (var time = 0; time < 4; time++)
        {
            var day = random.Below(days.Count);
            var share = time < 2 ? 0.2 + (0.5 * random.Unit()) : 1;
            var mark = time switch
            {
                0 or 1 => new Mark(MarkCategory.Absent, MarkReason.AuthorisedOther),
                2 => new Mark(MarkCategory.Absent, MarkReason.NoReasonYet),
                _ => random.Chance(0.5) ? Mark.Unknown : Mark.NotRequired,
            };
            var only = time == 2 ? random.Below(sessions) : -1;
            foreach (var block in blocks)
                for (var slot = 0; slot < RegisterBlock.Width; slot++)
                    if (block.Slots[slot] is { } pupil && OnRoll(pupil.Spans, day) && random.Chance(share))
                        for (var session = 0; session < sessions; session++)
                            if (only < 0 || session == only) block.Marks[At(day, session, slot)] = mark.Value;
        }
    }

    private void Day(byte[] marks, int day, int slot, Mark mark)
    {
        for (var session = 0; session < sessions; session++) marks[At(day, session, slot)] = mark.Value;
    }

    private int At(int day, int session, int slot) => (((day * sessions) + session) * RegisterBlock.Width) + slot;

    private bool OnRoll(IReadOnlyList<EnrollmentSpan> spans, int day)
    {
        foreach (var span in spans)
            if (span.Covers(days[day])) return true;
        return false;
    }
}
