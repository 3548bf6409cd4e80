namespace SchoolSignal.Domain.Screening;

/// <summary>The sets of days kept of a pupil. Those of one session end in its index; the others speak of the whole day.</summary>
internal enum DayClass
{
    Possible0,
    Possible1,
    Absent0,
    Absent1,
    Late0,
    Late1,
    /// <summary>A session was expected and nothing is known of it.</summary>
    Unknown0,
    Unknown1,
    /// <summary>Some session is absent and every absent session is coded illness.</summary>
    AllIllness,
    /// <summary>Some session is absent and every absent session is coded medical.</summary>
    AllMedical,
    Unauthorised,
    /// <summary>Unauthorised otherwise than by having no reason yet.</summary>
    UnauthorisedOther,
    NoReasonYet,
    /// <summary>Coded partial or left early.</summary>
    CodedPartial,

    /// <summary>Has a possible session. From here on: derived from those above.</summary>
    Counted,
    /// <summary>Has a possible session, and every possible one is absent.</summary>
    AbsentDay,
    /// <summary>Has an attending session; ends a spell.</summary>
    Attended,
    /// <summary>Has an absent session.</summary>
    SomeAbsence,
    Late,
    /// <summary>Both an absent and an attending session, or coded partial or left early.</summary>
    Partial,
}

internal static class DayClasses
{
    /// <summary>How many are read from marks; the rest are derived.</summary>
    public const int FromMarks = (int)DayClass.CodedPartial + 1;

    public const int All = (int)DayClass.Partial + 1;
}
