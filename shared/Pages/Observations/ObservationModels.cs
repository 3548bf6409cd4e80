using SchoolSignal.Domain.Observations;

namespace SchoolSignal.Pages.Observations;

/// <summary>One's own earlier forms.</summary>
/// <param name="Done">What was just done, as a key under <c>Forms.Done</c>; null if nothing.</param>
/// <param name="NotOffered">Why no new form can be begun; null if one can.</param>
public sealed record OwnFormsModel(IReadOnlyList<OwnFormLine> Forms, string? Done, NotOfferedReason? NotOffered);

/// <param name="Id">The form's own opaque id.</param>
/// <param name="CanCorrect">Its day is not over.</param>
public sealed record OwnFormLine(string Id, string Pupil, DateOnly Date, DateTimeOffset SubmittedAt, bool IsWithdrawn, bool CanCorrect);

/// <summary>Choosing a pupil of one's own classes.</summary>
/// <param name="Classes">Titles of one's own classes.</param>
/// <param name="Chosen">The place of the class shown; -1 if there is none.</param>
/// <param name="NotOffered">Why there is no form; a concern can be told all the same.</param>
public sealed record ChoosePupilModel(IReadOnlyList<string> Classes, int Chosen, IReadOnlyList<PupilChoice> Pupils, NotOfferedReason? NotOffered);

/// <param name="Reference">Opaque, short-lived, the caller's alone.</param>
/// <param name="Class">Null where the list is of one class.</param>
public sealed record PupilChoice(string Reference, string Name, string? Class = null);

/// <summary>The question the form opens with.</summary>
/// <param name="IsUnanswered">It was sent without an answer.</param>
/// <param name="AboutStaff">Who takes a concern about a member of staff; null where nobody is named.</param>
/// <param name="NotOffered">Why no form follows; null if one does.</param>
public sealed record SafeguardingQuestionModel(
    string Reference, string Pupil, bool IsUnanswered, SafeguardingContact? AboutStaff, NotOfferedReason? NotOffered);

/// <summary>What the stop page says.</summary>
/// <param name="Pupil">Null where no pupil was named.</param>
/// <param name="ReceivedAt">When the concern was taken; null if none was.</param>
public sealed record StopModel(string? Pupil, DateTimeOffset? ReceivedAt, SafeguardingContacts Contacts);

/// <summary>Answers as typed.</summary>
/// <param name="Items">Thirteen: "0" to "4", "-" for not enough chance to see, null where nothing is chosen.</param>
public sealed record TypedAnswers(IReadOnlyList<string?> Items, string Note)
{
    public const string NotSeen = "-";

    public static TypedAnswers Empty { get; } = new(new string?[Observation.ItemCount], "");

    public static TypedAnswers Of(IReadOnlyList<byte?> items, string? note) =>
        new([.. items.Select(answer => answer is { } given ? ((char)('0' + given)).ToString() : NotSeen)], note ?? "");

    /// <summary>What is kept of them: nothing chosen counts as not enough chance to see.</summary>
    public IReadOnlyList<byte?> ToItems() => [.. Items.Select(answer => answer is [>= '0' and <= '4'] ? (byte?)(answer[0] - '0') : null)];
}

/// <summary>The thirteen items.</summary>
/// <param name="Draft">Names the draft on this device; says nothing of anybody.</param>
/// <param name="Date">The last day looked back on, as typed.</param>
public sealed record ObservationFormModel(
    string Reference, string Draft, string Pupil, string Date, DateOnly First, DateOnly Last, TypedAnswers Answers, IReadOnlyList<ObservationProblem> Problems);

/// <summary>A last look before the form is sent.</summary>
public sealed record ConfirmModel(string Reference, string Draft, string Pupil, DateOnly Date, TypedAnswers Answers);

/// <summary>One of one's own forms.</summary>
/// <param name="CorrectableUntil">Null where it can no longer be corrected.</param>
/// <param name="Before">What the form says, where somebody else corrected it since these answers were typed.</param>
public sealed record OwnFormModel(
    string Id, int Revision, string Pupil, DateOnly Date, DateTimeOffset SubmittedAt, DateTimeOffset? WithdrawnAt, DateTimeOffset? CorrectableUntil,
    TypedAnswers Answers, IReadOnlyList<ObservationProblem> Problems, bool HasChanged);
