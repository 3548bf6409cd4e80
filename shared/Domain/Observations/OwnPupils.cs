using System.Globalization;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A pupil of one's own classes, by name, to choose for a form.</summary>
public sealed record OwnPupil(StudentKey Student, SchoolId School, string Name, string ClassTitle)
{
    /// <summary>For logs that come by one: hides the name.</summary>
    public override string ToString() => "a pupil";
}

/// <summary>A class of one's own and who is in it, by name.</summary>
public sealed record OwnClass(string Title, IReadOnlyList<OwnPupil> Pupils);

/// <summary>Finds pupils of the caller's own classes, and nobody else. Whoever is shown is in the audit before this returns.</summary>
public sealed class OwnPupils(ClassStore classes, StudentDirectory directory, DisclosureLog disclosures, DistrictToday calendar)
{
    /// <summary>Inclusive: more would be no help to whoever types.</summary>
    public const int MostFound = 12;

    /// <summary>The titles of the caller's classes, in order; no pupil.</summary>
    public async Task<IReadOnlyList<string>> TitlesAsync(Caller caller, CancellationToken cancellationToken) =>
        [.. (await RollsAsync(caller, cancellationToken)).Select(roll => roll.Title)];

    /// <summary>One class.</summary>
    /// <param name="number">Its place in <see cref="TitlesAsync"/>, from 0; null for one there is not.</param>
    public async Task<OwnClass?> ReadAsync(Caller caller, Authority by, int number, CancellationToken cancellationToken)
    {
        var rolls = await RollsAsync(caller, cancellationToken);
        if (number < 0 || number >= rolls.Count) return null;
        var pupils = await NamedAsync([rolls[number]], _ => true, int.MaxValue, cancellationToken);
        await DiscloseAsync(by, pupils, cancellationToken);
        return new OwnClass(rolls[number].Title, pupils);
    }

    /// <summary>Pupils of any of the caller's classes whose name <see cref="NameSearch"/> finds.</summary>
    public async Task<IReadOnlyList<OwnPupil>> FindAsync(Caller caller, Authority by, string typed, CancellationToken cancellationToken)
    {
        var words = NameSearch.WordsOf(typed);
        if (words.Count == 0) return [];
        var found = await NamedAsync(await RollsAsync(caller, cancellationToken), name => NameSearch.Matches(name, words), MostFound, cancellationToken);
        await DiscloseAsync(by, found, cancellationToken);
        return found;
    }

    /// <summary>The name of a pupil the gate has let the caller see; null if erased.</summary>
    public async Task<string?> NameAsync(StudentKey student, CancellationToken cancellationToken) =>
        (await directory.IdentifyAsync(student, cancellationToken))?.DisplayName;

    private async Task<List<ClassRoll>> RollsAsync(Caller caller, CancellationToken cancellationToken)
    {
        var rolls = await classes.ReadAsync(caller.Classes, cancellationToken);
        rolls.Sort((a, b) => CultureInfo.InvariantCulture.CompareInfo.Compare(a.Title, b.Title, CompareOptions.NumericOrdering));
        return rolls;
    }

    private async Task<IReadOnlyList<OwnPupil>> NamedAsync(
        IReadOnlyList<ClassRoll> rolls, Predicate<string> isWanted, int most, CancellationToken cancellationToken)
    {
        var today = await calendar.DateAsync(cancellationToken);
        var pupils = new List<OwnPupil>();
        var seen = new HashSet<StudentKey>();
        foreach (var roll in rolls)
            foreach (var student in roll.On(today))
                if (seen.Add(student) && await NameAsync(student, cancellationToken) is { } name && isWanted(name))
                    pupils.Add(new OwnPupil(student, roll.Class.School, name, roll.Title));
        return [.. pupils.OrderBy(p => p.Name, StringComparer.InvariantCulture).Take(most)];
    }

    private Task DiscloseAsync(Authority by, IReadOnlyList<OwnPupil> shown, CancellationToken cancellationToken) =>
        disclosures.ReadListAsync(by, AuditAction.FindPupil, shown.Select(p => (p.Student, p.School)), cancellationToken);
}
