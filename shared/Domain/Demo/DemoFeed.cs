using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Domain.Demo;

/// <summary>An attendance file of the demo and what its sender states about it.</summary>
/// <param name="Profile">The profile to read it with.</param>
public sealed record DemoFeed(string FileName, string Profile, FeedKind Kind, Coverage Coverage, DemoStyle Style);
