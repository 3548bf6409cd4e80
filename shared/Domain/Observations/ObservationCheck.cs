namespace SchoolSignal.Domain.Observations;

/// <summary>Whether a form can be taken. Pure; every fault is found, not the first alone.</summary>
public static class ObservationCheck
{
    /// <summary>Inclusive: a form looks back over 20 school days, and one written longer after that is a memory. Older forms
    /// come in by import.</summary>
    public const int MaxAgeDays = 60;

    public static IReadOnlyList<ObservationProblem> Problems(ObservationDraft draft, DateOnly today)
    {
        var problems = new List<ObservationProblem>();
        if (draft.Safeguarding is null) problems.Add(new("safeguarding", ObservationFault.SafeguardingUnanswered));
        if (draft.Date > today) problems.Add(new("date", ObservationFault.DateInFuture));
        if (draft.Date < today.AddDays(-MaxAgeDays)) problems.Add(new("date", ObservationFault.DateTooOld));
        AddAnswers(problems, draft.Items, draft.Note);
        return problems;
    }

    /// <summary>Of a correction: it changes the answers and the note.</summary>
    public static IReadOnlyList<ObservationProblem> Problems(IReadOnlyList<byte?> items, string? note)
    {
        var problems = new List<ObservationProblem>();
        AddAnswers(problems, items, note);
        return problems;
    }

    private static void AddAnswers(List<ObservationProblem> problems, IReadOnlyList<byte?> items, string? note)
    {
        if (items.Count != Observation.ItemCount)
        {
            problems.Add(new("items", ObservationFault.ItemCount));
        }
        else
        {
            for (var i = 0; i < items.Count; i++)
                if (items[i] > Observation.MaxAnswer) problems.Add(new($"items.{i + 1}", ObservationFault.ItemAnswer));
            if (items.All(answer => answer is null)) problems.Add(new("items", ObservationFault.NothingSeen));
        }
        if (ObservationNote.Clean(note)?.Length > ObservationNote.MaxLength) problems.Add(new("note", ObservationFault.NoteTooLong));
    }
}
