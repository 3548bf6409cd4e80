using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening;

/// <summary>Observation forms by pupil, oldest first. Built once for a run, then only read.</summary>
public sealed class ObservationIndex
{
    private readonly Dictionary<StudentKey, Observation[]> forms;

    public ObservationIndex(IEnumerable<Observation> observations)
    {
        forms = observations.GroupBy(o => o.Student).ToDictionary(
            g => g.Key, g => g.OrderBy(o => o.Date).ThenBy(o => o.Id.Value).ToArray());
    }

    public static ObservationIndex Empty { get; } = new([]);

    /// <summary>A pupil's forms by date; a form without thirteen answers is a caller's mistake.</summary>
    internal Observation[] Of(StudentKey student) => forms.Count != 0 && forms.TryGetValue(student, out var found) ? found : [];
}
