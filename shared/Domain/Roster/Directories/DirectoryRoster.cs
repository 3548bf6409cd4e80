using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Roster.Directories;

/// <summary>A school of a directory with everybody in it.</summary>
public sealed record SchoolOfDirectory(DirectorySchool School, IReadOnlyList<DirectoryPerson> People, IReadOnlyList<(DirectoryClass Class, DirectoryMembers In)> Classes);

/// <summary>Everything a directory says, and the way to say it next time.</summary>
/// <param name="MembersRead">Classes whose members were asked for; the others had not changed.</param>
public sealed record DirectoryRoster(IReadOnlyList<SchoolOfDirectory> Schools, string Mark, int MembersRead);
