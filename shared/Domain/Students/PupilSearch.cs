using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Students;

/// <summary>A pupil found by name.</summary>
/// <param name="Grade">At the school, last; in the roster's words.</param>
public sealed record FoundPupil(StudentKey Student, SchoolId School, string Name, string? Grade)
{
    /// <summary>For logs that come by one: hides the name.</summary>
    public override string ToString() => "a pupil";
}

/// <summary>Finds pupils of one school by what an administrator types, those who have left among them. Whoever is shown is in the
/// audit before this returns.</summary>
public sealed class PupilSearch(
    LedgerReader ledger, SchoolRegistry registry, Enrollments enrollments, StudentDirectory directory, DistrictSettingsStore settings, DisclosureLog disclosures)
{
    /// <summary>Inclusive: more would be no help to whoever looks for one.</summary>
    public const int MostFound = 20;

    /// <param name="typed">Words of the name, or the pupil's whole number; blanks find nobody.</param>
    /// <returns>By name.</returns>
    public async Task<IReadOnlyList<FoundPupil>> FindAsync(Authority authority, SchoolId school, string typed, CancellationToken cancellationToken)
    {
        var words = NameSearch.WordsOf(typed);
        if (words.Count == 0) return [];
        var named = await directory.IdentifyAsync(await PupilsAsync(school, cancellationToken), cancellationToken);
        var chosen = named.Values
            .Where(pupil => NameSearch.Matches(pupil.DisplayName, words) || pupil.UniqueId.Value == typed.Trim())
            .OrderBy(pupil => pupil.DisplayName, StringComparer.InvariantCulture).ThenBy(pupil => pupil.Key).Take(MostFound);
        var found = new List<FoundPupil>();
        foreach (var pupil in chosen)
        {
            var grade = (await enrollments.FindAsync(pupil.Key, cancellationToken))?.Enrollments.LastOrDefault(stay => stay.School == school)?.Grade;
            found.Add(new FoundPupil(pupil.Key, school, pupil.DisplayName, grade));
        }
        await disclosures.ReadListAsync(authority, AuditAction.FindPupil, found.Select(pupil => (pupil.Student, pupil.School)), cancellationToken);
        return found;
    }

    private async Task<HashSet<StudentKey>> PupilsAsync(SchoolId school, CancellationToken cancellationToken)
    {
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        var pupils = new HashSet<StudentKey>();
        foreach (var endYear in await registry.YearsAsync(cancellationToken))
            pupils.UnionWith(await ledger.PupilsAsync(school, new SchoolYear(endYear, firstMonth), cancellationToken));
        return pupils;
    }
}
