using System.Globalization;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Chooses, for a file whose profile names no code set, the column that holds the codes and the set that explains
/// them best. Of sets that explain them equally well those the district uses come before the others; if two are left, they
/// must agree on every code seen, or the file is refused.</summary>
internal sealed class CodeChooser
{
    /// <summary>Inclusive: a code set must explain this share of the coded rows to be taken without being named.</summary>
    public const double LeastExplained = 0.5;

    private const int ShownCodes = 8;

    /// <summary>Among sets that read a file's codes alike; a district's own sets come before all of them.</summary>
    private static readonly string[] UsualOrder = ["us-daily", "ed-fi", "ceds", "sif", "infinite-campus", "england-2024"];

    private readonly CsvColumns columns;
    private readonly CodeSetLibrary library;
    private readonly List<CodeSet> sets;
    private readonly int[][] candidates;
    private readonly CodeCensus[] codes;

    public CodeChooser(CsvColumns columns, CodeSetLibrary library)
    {
        this.columns = columns;
        this.library = library;
        sets = [.. library.All.OrderBy(set => Array.IndexOf(UsualOrder, set.Id))];
        candidates = columns.Shape == CsvShape.AmAndPm
            ? [[columns[CsvField.CodeAm], columns[CsvField.CodePm]]]
            : [.. columns.CodeCandidates.Select(column => new[] { column })];
        codes = [.. candidates.Select(_ => new CodeCensus())];
    }

    /// <summary>The rest of the file cannot change the choice.</summary>
    public bool IsDecided => codes.Any(census => census.IsDecided(sets));

    public void Add(CsvRecordReader record)
    {
        var reason = columns[CsvField.Reason];
        for (var i = 0; i < candidates.Length; i++)
            foreach (var column in candidates[i])
                codes[i].Add(record[column], reason >= 0 ? record[reason] : default);
    }

    /// <param name="hasHalfDays">The file has mornings and afternoons: of sets that read it alike, England's comes first.</param>
    public CodeChoice Choose(bool hasHalfDays)
    {
        // Nothing to explain: a header alone, or every code empty and so unknown.
        if (codes.All(census => census.IsEmpty)) return new CodeChoice.Chosen(candidates[0][0], sets[0], "Code set: none needed, since no row has a code.", []);
        var best = 0;
        var (share, found) = codes[0].Best(sets);
        for (var i = 1; i < codes.Length; i++)
        {
            var other = codes[i].Best(sets);
            if (other.Share > share) (best, share, found) = (i, other.Share, other.Sets);
        }
        var name = columns.Header[candidates[best][0]];
        if (share < LeastExplained)
            return new CodeChoice.Refused(
                $"The codes in column '{name}' belong to no code set that is known here (for example {string.Join(", ", codes[best].Unexplained(null, ShownCodes))}). Name a profile, or load your district's codes as a code set.");
        var (fitting, used) = (found, found.Where(library.IsChosen).ToList());
        if (used.Count > 0) found = used;
        foreach (var other in found.Skip(1))
            if (codes[best].Disagreement(found[0], other) is { } code)
                return new CodeChoice.Refused(
                    $"The codes in column '{name}' fit {found[0].Id} and {other.Id} equally well, and '{code}' means something else in each. Name a profile that states the code set, or name in the district's settings (codeSets) the one it uses.");
        if (hasHalfDays && UsualOrder.Contains(found[0].Id)) found = [.. found.OrderByDescending(set => set.Id == UsualOrder[^1])];
        var others = found.Skip(1).Select(other => other.Id).ToList();
        var alike = others.Count > 0 ? $"; {string.Join(", ", others)} would read them alike" : "";
        var meant = used.Count > 0 && used.Count < fitting.Count ? "; of the sets that fit, the one the district uses" : "";
        return Chosen(candidates[best][0], codes[best], share, found[0], meant + alike);
    }

    private CodeChoice.Chosen Chosen(int column, CodeCensus census, double share, CodeSet set, string among)
    {
        var percent = (share * 100).ToString("F0", CultureInfo.InvariantCulture);
        var warnings = new List<string>();
        if (census.Unexplained(set, ShownCodes) is { Count: > 0 } unexplained)
            warnings.Add($"Codes that {set.Id} does not hold are read as unknown: {string.Join(", ", unexplained)}.");
        if (columns.Has(CsvField.Reason) && !set.ReadsReasons)
            warnings.Add($"Column '{columns.NameOf(CsvField.Reason)}' is not read, since {set.Id} holds no reasons beside its codes.");
        return new CodeChoice.Chosen(column, set, $"Code set: {set.Id}, which explains {percent} % of the coded rows looked at{among}.", warnings);
    }
}

/// <summary>Whether a file's code set is settled.</summary>
internal abstract record CodeChoice
{
    public sealed record Chosen(int Column, CodeSet Set, string Concluded, IReadOnlyList<string> Warnings) : CodeChoice;

    public sealed record Refused(string Why) : CodeChoice;
}
