using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Demo;

/// <summary>A pupil whose year a person can follow from the register to the worklist, and what screening must make of it
/// on the demo's last school day with the starting rule set.</summary>
/// <param name="School">Where the pupil is on roll on the last day.</param>
/// <param name="Tells">What happened, in a few words.</param>
/// <param name="ExpectedLevel">Exactly this level.</param>
/// <param name="NotScreenedBecause">Set where the pupil must not be screened; the level is then None.</param>
public sealed record DemoStory(
    StudentUniqueId Student, SchoolId School, string GivenName, string FamilyName, string Title, string Tells,
    Level ExpectedLevel, NotScreenedReason? NotScreenedBecause = null);

/// <summary>A teacher's form in the demo, as observations.jsonl states it.</summary>
/// <param name="Observer">An opaque staff id.</param>
/// <param name="Items">Thirteen answers, item 1 first; null is "not enough chance to see".</param>
public sealed record DemoObservation(DateOnly Date, StudentUniqueId Student, string Observer, IReadOnlyList<byte?> Items);

/// <summary>One pupil of the demo on one school's roll: a line of students.csv.</summary>
public sealed record DemoEnrollment(
    StudentUniqueId Student, SchoolId School, string Grade, DateOnly Entry, DateOnly? Exit, string GivenName, string FamilyName, string Class);
