using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A form as somebody hands it in, before anything of it is believed.</summary>
/// <param name="Student">Whom the caller may observe; the gate has said so.</param>
/// <param name="Date">The last day looked back on; null is today.</param>
/// <param name="Items">Thirteen answers, item 1 first; null is "not enough chance to see".</param>
/// <param name="Note">For the counsellor; never scored, logged or mailed.</param>
/// <param name="Safeguarding">The answer to the question the form opens with; null if it was not answered.</param>
public sealed record ObservationDraft(StudentKey Student, DateOnly? Date, IReadOnlyList<byte?> Items, string? Note, bool? Safeguarding)
{
    /// <summary>For logs that come by one: hides the answers and the note.</summary>
    public override string ToString() => "a form";
}

/// <summary>What is wrong with a field of a form.</summary>
public enum ObservationFault
{
    /// <summary>The safeguarding question comes first and was not answered.</summary>
    SafeguardingUnanswered,
    /// <summary>Not exactly thirteen items.</summary>
    ItemCount,
    /// <summary>An answer that is not a whole number from 0 to 4.</summary>
    ItemAnswer,
    /// <summary>Not one item was seen: there is nothing to keep.</summary>
    NothingSeen,
    /// <summary>Over <see cref="ObservationNote.MaxLength"/>.</summary>
    NoteTooLong,
    /// <summary>After today.</summary>
    DateInFuture,
    /// <summary>More than <see cref="ObservationCheck.MaxAgeDays"/> before today.</summary>
    DateTooOld,
    /// <summary>The pupil is on no roll of the district on the date.</summary>
    NotOnRoll,
    /// <summary>A field nobody knows.</summary>
    UnknownField,
    /// <summary>A field that stands twice, or is of another kind than it should be.</summary>
    NotReadable,
    /// <summary>A field that is needed and not there.</summary>
    Missing,
}

/// <summary>A fault and where it is; the field's name as the JSON writes it, such as <c>items.7</c>.</summary>
public sealed record ObservationProblem(string Field, ObservationFault Fault);
