using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a roster's word on classes: who is in which, and which of the known staff teaches it.</summary>
public sealed class ClassIntake(StudentDirectory directory, ClassStore classes, StaffStore staff)
{
    /// <param name="titles">Titles of classes, where the roster gives them.</param>
    /// <param name="isWhole">The roster states its schools in whole: a class it does not name is gone.</param>
    /// <param name="widensOnly">The roster states a part: places are added and none is taken away.</param>
    /// <returns>Classes that changed.</returns>
    public async Task<int> ApplyAsync(
        IReadOnlyList<RosterPlace> places, IReadOnlyDictionary<SchoolClass, string> titles, bool isWhole, bool widensOnly, List<string> warnings,
        CancellationToken cancellationToken)
    {
        var stated = new Dictionary<SchoolClass, List<ClassPlace>>();
        var teaching = new Dictionary<string, HashSet<SchoolClass>>();
        var keys = new Dictionary<string, StudentKey?>();
        foreach (var place in places)
        {
            if (!ClassId.TryParse(place.ClassId, out var id)) continue;
            var of = new SchoolClass(place.School, id);
            if (!stated.TryGetValue(of, out var pupils)) stated[of] = pupils = [];
            if (place.IsTeacher)
            {
                if (!teaching.TryGetValue(place.PersonId, out var own)) teaching[place.PersonId] = own = [];
                own.Add(of);
                continue;
            }
            if (!keys.TryGetValue(place.PersonId, out var key))
                keys[place.PersonId] = key = StudentUniqueId.TryParse(place.PersonId, out var student) ? await directory.FindAsync(student, cancellationToken) : null;
            if (key is { } known) pupils.Add(new ClassPlace(known, place.Begin, place.End));
        }

        var changed = 0;
        var tooLarge = 0;
        foreach (var (of, pupils) in stated)
        {
            var held = widensOnly ? await classes.FindAsync(of, cancellationToken) : null;
            List<ClassPlace> all = [.. pupils.Union(held?.Places ?? [])];
            if (all.Count > ClassStore.MaxPupils) { tooLarge++; continue; }
            if (await classes.SaveAsync(new ClassRoll(of, titles.GetValueOrDefault(of) ?? held?.Title ?? of.Class.Value, all), cancellationToken)) changed++;
        }
        if (tooLarge > 0) warnings.Add($"{tooLarge} class(es) of more than {ClassStore.MaxPupils} pupils were left out: that is a whole school's list and nobody's own class.");
        if (isWhole) changed += await RemoveUnnamedAsync([.. stated.Keys], cancellationToken);
        foreach (var (teacher, own) in teaching) await TeachAsync(teacher, own, isWhole, cancellationToken);
        return changed;
    }

    private async Task<int> RemoveUnnamedAsync(HashSet<SchoolClass> named, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var school in named.Select(of => of.School).Distinct().ToList())
            foreach (var roll in await classes.OfSchoolAsync(school, cancellationToken))
            {
                if (named.Contains(roll.Class)) continue;
                await classes.RemoveAsync(roll.Class, cancellationToken);
                removed++;
            }
        return removed;
    }

    /// <summary>Only for somebody the staff list knows: a roster alone makes nobody staff.</summary>
    private async Task TeachAsync(string teacher, HashSet<SchoolClass> own, bool isWhole, CancellationToken cancellationToken)
    {
        while (await staff.FindBySourceAsync(teacher, cancellationToken) is { } held)
        {
            List<SchoolClass> all = [.. isWhole ? own : held.Member.Classes.Union(own)];
            if (all.ToHashSet().SetEquals(held.Member.Classes)) return;
            if (await staff.SaveAsync(held.Member with { Classes = all }, held.Version, cancellationToken) is StaffSaved.Saved) return;
        }
    }
}
