using System.Collections.Frozen;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Screening;

/// <summary>What screening needs beside the register: may it screen, whom not, what teachers saw, and who changed school.</summary>
/// <param name="HasLegalBasis">Without one nobody is screened.</param>
public sealed record ScreeningInputs(bool HasLegalBasis)
{
    public IReadOnlySet<StudentKey> OptedOut { get; init; } = FrozenSet<StudentKey>.Empty;

    public ObservationIndex Observations { get; init; } = ObservationIndex.Empty;

    /// <summary>Every place of the pupils flagged <c>ElsewhereToo</c>. One not found here is read from the one school alone.</summary>
    public PupilPlaces Places { get; init; } = PupilPlaces.None;
}
