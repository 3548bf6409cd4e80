using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Benchmarks.Generation;

/// <summary>A district's registers in memory, the same for the same shape: spells of absence whose rate differs from
/// pupil to pupil, lates, part days, a snow day, a register never taken. Even schools record AM and PM, odd ones the
/// whole day.</summary>
public sealed class SyntheticDistrict(DistrictShape shape)
{
    /// <summary>In an awkward district every pupil whose number leaves this remainder moves to the next school.</summary>
    private const int TransferEvery = 23;

    public DistrictShape Shape => shape;

    /// <summary>Schools one by one: a million pupils need not be in memory at once.</summary>
    public IEnumerable<SyntheticSchool> Schools()
    {
        for (var number = 0; number < shape.Schools; number++) yield return School(number);
    }

    /// <summary>All schools at once, made on every core.</summary>
    public SyntheticSchool[] AllSchools()
    {
        var schools = new SyntheticSchool[shape.Schools];
        Parallel.For(0, schools.Length, number => schools[number] = School(number));
        return schools;
    }

    private SyntheticSchool School(int number)
    {
        var random = new SplitMix64((shape.Seed * 1_000_003) + (ulong)number);
        var days = SyntheticCalendar.Days(shape.Days, ref random, shape.Awkward ? 0.02 : 0);
        var scheme = number % 2 == 0 ? SessionScheme.AmPm : SessionScheme.WholeDay;
        var hand = new RegisterHand(days, (int)scheme, shape.Awkward);

        List<RegisterBlock> blocks = [];
        var slots = new RegisterSlot?[RegisterBlock.Width];
        var marks = NewMarks(days, scheme);
        var next = 0;
        void Close()
        {
            blocks.Add(new RegisterBlock { Number = blocks.Count, Slots = slots, Marks = marks });
            slots = new RegisterSlot?[RegisterBlock.Width];
            marks = NewMarks(days, scheme);
            next = 0;
        }

        foreach (var (pupil, spans, elsewhere) in PupilsOf(number, days, random.Next()))
        {
            if (shape.Awkward && random.Chance(0.03)) next++;
            if (next >= RegisterBlock.Width) Close();
            slots[next] = new RegisterSlot(SyntheticSchool.KeyOf(pupil), spans, elsewhere);
            hand.Write(marks, next, spans, ref random);
            if (++next == RegisterBlock.Width) Close();
        }

        if (next > 0) Close();
        hand.SchoolWideDays(blocks, ref random);
        return new SyntheticSchool(number, new SchoolYearRegister
        {
            School = SchoolId.Parse($"S{number:D5}"),
            Year = SyntheticCalendar.Year,
            Days = days,
            Scheme = scheme,
            Totals = TotalsOf(blocks, days, (int)scheme),
            Blocks = blocks,
        });
    }

    private static byte[] NewMarks(SchoolDays days, SessionScheme scheme) => new byte[days.Count * (int)scheme * RegisterBlock.Width];

    private IEnumerable<(int Pupil, IReadOnlyList<EnrollmentSpan> Spans, bool Elsewhere)> PupilsOf(int school, SchoolDays days, ulong seed)
    {
        IReadOnlyList<EnrollmentSpan> wholeYear = [new EnrollmentSpan(SyntheticCalendar.Year.FirstDay, null)];
        var random = new SplitMix64(seed);
        var first = school * shape.PupilsPerSchool;
        var end = Math.Min(shape.Pupils, first + shape.PupilsPerSchool);
        for (var pupil = first; pupil < end; pupil++)
        {
            if (Moves(pupil, school)) yield return (pupil, [new EnrollmentSpan(SyntheticCalendar.Year.FirstDay, LastDayBeforeMove(pupil))], true);
            else yield return (pupil, shape.Awkward ? AwkwardSpans(days, wholeYear, ref random) : wholeYear, false);
        }

        for (var pupil = first - shape.PupilsPerSchool; pupil < first; pupil++)
            if (pupil >= 0 && Moves(pupil, school - 1)) yield return (pupil, [new EnrollmentSpan(LastDayBeforeMove(pupil).AddDays(1), null)], true);
    }

    private bool Moves(int pupil, int school) => shape.Awkward && school + 1 < shape.Schools && pupil % TransferEvery == 7;

    /// <summary>From the first weeks to the last.</summary>
    private static DateOnly LastDayBeforeMove(int pupil) => new DateOnly(2025, 9, 5).AddDays(pupil * 37 % 280);

    private static IReadOnlyList<EnrollmentSpan> AwkwardSpans(SchoolDays days, IReadOnlyList<EnrollmentSpan> wholeYear, ref SplitMix64 random)
    {
        var middle = days[1 + random.Below(days.Count - 2)];
        return random.Below(12) switch
        {
            0 => [new EnrollmentSpan(middle.AddDays(-random.Below(4)), null)],
            1 => [new EnrollmentSpan(SyntheticCalendar.Year.FirstDay, middle.AddDays(random.Below(3)))],
            2 => [new EnrollmentSpan(SyntheticCalendar.Year.FirstDay, middle), new EnrollmentSpan(middle.AddDays(1 + random.Below(40)), null)],
            _ => wholeYear,
        };
    }

    /// <summary>Pupils on roll only: a mark outside an enrolment counts for nobody.</summary>
    private static SchoolSessionTotals TotalsOf(IEnumerable<RegisterBlock> blocks, SchoolDays days, int sessions)
    {
        var possible = new int[days.Count * sessions];
        var absent = new int[days.Count * sessions];
        foreach (var block in blocks)
            for (var slot = 0; slot < RegisterBlock.Width; slot++)
            {
                if (block.Slots[slot] is not { } pupil) continue;
                foreach (var span in pupil.Spans)
                {
                    var end = span.Exit is { } exit ? days.CountThrough(exit) : days.Count;
                    for (var session = days.CountThrough(span.Entry.AddDays(-1)) * sessions; session < end * sessions; session++)
                    {
                        var mark = new Mark(block.Marks[(session * RegisterBlock.Width) + slot]);
                        if (mark.IsPossible) possible[session]++;
                        if (mark.IsAbsent) absent[session]++;
                    }
                }
            }

        return new SchoolSessionTotals(possible, absent);
    }
}
