namespace SchoolSignal.Benchmarks.Generation;

/// <summary>How large a generated district is and how awkward.</summary>
/// <param name="Pupils">All schools together.</param>
/// <param name="Days">Instructional days of each school, at most 200.</param>
/// <param name="PupilsPerSchool">The last school may have fewer.</param>
/// <param name="Awkward">Schools with calendars of their own, late entries, exits, returns, transfers, marks outside
/// enrolment, free slots, and one mark in ten drawn from all there are: what a comparison of results needs and a
/// stopwatch does not.</param>
public sealed record DistrictShape(int Pupils, int Days = 190, int PupilsPerSchool = 500, ulong Seed = 1, bool Awkward = false)
{
    public int Schools => (Pupils + PupilsPerSchool - 1) / PupilsPerSchool;
}
