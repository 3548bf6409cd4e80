using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening;

/// <summary>Where a pupil's marks of one school stand, with that school's baseline.</summary>
public readonly record struct PupilPlace(SchoolBaseline School, RegisterBlock Block, int Slot)
{
    internal RegisterSlot Enrollments => Block.Slots[Slot] ?? throw new InvalidOperationException("A free slot has no pupil.");
}

/// <summary>The places of pupils who were in several schools in one school year (<see cref="RegisterSlot.ElsewhereToo"/>).
/// All of them are made as of the same date. Built once for a run, then only read.</summary>
public sealed class PupilPlaces
{
    private readonly Dictionary<StudentKey, List<PupilPlace>> places = [];

    /// <summary>No pupil changed school.</summary>
    public static PupilPlaces None { get; } = new();

    /// <summary>Collects every pupil with places in several schools out of whole registers.</summary>
    public static PupilPlaces Of(IEnumerable<SchoolBaseline> schools)
    {
        ArgumentNullException.ThrowIfNull(schools);
        var found = new PupilPlaces();
        foreach (var school in schools)
        {
            foreach (var block in school.Register.Blocks)
            {
                for (var slot = 0; slot < block.Slots.Count; slot++)
                    if (block.Slots[slot] is { ElsewhereToo: true } pupil) found.Add(pupil.Student, new PupilPlace(school, block, slot));
            }
        }
        return found;
    }

    /// <summary>Adds one place of a pupil; all of the pupil's places are needed, this school's too.</summary>
    public void Add(StudentKey student, PupilPlace place)
    {
        if (!places.TryGetValue(student, out var known)) places[student] = known = new List<PupilPlace>(2);
        known.Add(place);
    }

    internal List<PupilPlace>? Find(StudentKey student) => places.GetValueOrDefault(student);
}
