namespace SchoolSignal.Pages.District;

/// <summary>What an administrator just did, to be said on the page that follows. Its words are <c>District.Done.NAME</c>.</summary>
public enum DistrictDone
{
    Saved,
    OptOutSet,
    OptOutWithdrawn,
    OptOutUnchanged,
    OptOutSetForLater,
    OptOutTooMany,
    Replayed,
    ReplayGone,
    NotReplayable,
    Approved,
    Withdrawn,
    NotOpen,
    OwnProposal,
    BaseChanged,
    StillCounting,
    PupilNamed,
    PupilTakenOut,
    CaseloadFull,
    GivenUp,
    GiveUpGone,
    NotABatch,
    AlreadyApplied,
    ReportPreviewed,
    ReportReleased,
    ReportWithdrawn,
    ReportProtectedAnew,
}
