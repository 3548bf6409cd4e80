namespace SchoolSignal.Domain.Screening;

/// <summary>Which of a pupil's days stand behind an indicator of the register.</summary>
internal sealed class Evidence(RegisterIndicators indicators, SectionAbsences sections)
{
    private Windows Windows => indicators.Windows;

    /// <summary>What an indicator looks at; the run itself for the current run.</summary>
    public DayWindow WindowOf(PupilDays days, Indicator indicator)
    {
        Windows.Set(days.Start, days.End);
        return indicator switch
        {
            Indicator.Last20AbsenceRate or Indicator.PeerExcess or Indicator.Last20UnexplainedDays or Indicator.Last20LateCount
                or Indicator.Last20LateRate or Indicator.Last20PartialDays or Indicator.Last20SameSectionAbsences
                or >= Indicator.WithdrawingItems => Windows.Last20,
            Indicator.Last45AbsenceRate or Indicator.Last45PossibleDays or Indicator.Last45SpellsBegun or Indicator.Last45AbsentDays
                or Indicator.Last45FirstDayBackAbsences or Indicator.Last45FirstDayBackChance
                or Indicator.Last45ShortIllnessSpells => Windows.Last45,
            Indicator.Previous60AbsenceRate or Indicator.Previous60PossibleDays or Indicator.Previous60LateRate => Windows.Previous60,
            Indicator.Previous20AbsenceRate or Indicator.Previous20AbsentDays => Windows.Previous20,
            Indicator.CurrentRunDays or Indicator.CurrentRunAllMedical => CurrentRun(days) ?? Windows.Year,
            _ => Windows.Year,
        };
    }

    /// <summary>Puts the days behind an indicator into an empty set.</summary>
    public void Fill(PupilDays days, Indicator indicator, Span<ulong> into)
    {
        var window = WindowOf(days, indicator);
        switch (indicator)
        {
            case Indicator.PossibleSessions or Indicator.PossibleDays or Indicator.Last45PossibleDays or Indicator.Previous60PossibleDays:
                Take(days[DayClass.Counted], window, into);
                break;
            case Indicator.AbsentDays or Indicator.Spells or Indicator.Last45AbsentDays or Indicator.Previous20AbsentDays:
                Take(days[DayClass.AbsentDay], window, into);
                break;
            case Indicator.UnauthorisedDays:
                Take(days[DayClass.AbsentDay], window, into);
                for (var word = 0; word < into.Length; word++) into[word] &= days.Word(DayClass.Unauthorised, word);
                break;
            case Indicator.LateCount or Indicator.Last20LateCount or Indicator.Last20LateRate or Indicator.Previous60LateRate:
                Take(days[DayClass.Late], window, into);
                break;
            case Indicator.PartialDays or Indicator.Last20PartialDays:
                Take(days[DayClass.Partial], window, into);
                break;
            case Indicator.FirstDayBackAbsences or Indicator.Last45FirstDayBackAbsences or Indicator.Last45FirstDayBackChance:
                Take(days[DayClass.AbsentDay], window, into);
                for (var word = 0; word < into.Length; word++) into[word] &= days.FirstDaysBack[word];
                break;
            case Indicator.Last20UnexplainedDays:
                for (var word = 0; word < days.WordCount; word++) into[word] = indicators.Unexplained(days, word);
                break;
            case Indicator.Last20SameSectionAbsences:
                sections.FillMost(days, window, into);
                break;
            case Indicator.CurrentRunDays or Indicator.CurrentRunAllMedical:
                if (CurrentRun(days) is { } run) Take(days[DayClass.AbsentDay], run, into);
                break;
            case Indicator.LongestRunDays or Indicator.IllnessSpells or Indicator.Last45SpellsBegun or Indicator.Last45ShortIllnessSpells:
                TakeSpells(days, indicator, into);
                break;
            case < Indicator.WithdrawingItems:
                Take(days[DayClass.SomeAbsence], window, into);
                break;
        }
    }

    private static DayWindow? CurrentRun(PupilDays days)
    {
        foreach (var spell in new Spells(days))
            if (spell.ReachesTheLastDay) return new DayWindow(spell.From, DayBits.Last(days[DayClass.AbsentDay]) + 1);
        return null;
    }

    private void TakeSpells(PupilDays days, Indicator indicator, Span<ulong> into)
    {
        var longest = 0;
        foreach (var spell in new Spells(days))
        {
            var begun45 = spell.From >= Windows.Last45.From;
            var belongs = indicator switch
            {
                Indicator.IllnessSpells => spell.AllIllness,
                Indicator.Last45SpellsBegun => begun45,
                Indicator.Last45ShortIllnessSpells => begun45 && spell.AllIllness && spell.Days <= RegisterIndicators.ShortSpellDays,
                _ => spell.Days > longest,
            };
            if (!belongs) continue;
            if (indicator == Indicator.LongestRunDays) into.Clear();
            longest = spell.Days;
            Take(days[DayClass.AbsentDay], new DayWindow(spell.From, spell.To), into);
        }
    }

    private static void Take(ReadOnlySpan<ulong> set, DayWindow window, Span<ulong> into)
    {
        for (var word = 0; word < into.Length; word++) into[word] |= set[word] & DayBits.RangeWord(word, window.From, window.To);
    }
}
