using System.Diagnostics.CodeAnalysis;

namespace SchoolSignal.Domain.Attendance;

/// <summary>Which session of a school day a mark is for (Ed-Fi: an attendance event's session).</summary>
[SuppressMessage("Design", "CA1028", Justification = "One byte of a batch row")]
public enum SessionOfDay : byte
{
    WholeDay = 0,
    Am = 1,
    Pm = 2,
    /// <summary>One period of the day; the profile's rule folds the periods into the day.</summary>
    Period = 3,
}

/// <summary>How many sessions a school's day is recorded in.</summary>
[SuppressMessage("Design", "CA1028", Justification = "One byte of a stored row")]
public enum SessionScheme : byte
{
    WholeDay = 1,
    AmPm = 2,
}
