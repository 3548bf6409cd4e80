using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Counts the codes of one column and finds the code set that explains them.</summary>
internal sealed class CodeCensus
{
    private const int MaxCodes = 1000;
    private const char Between = '\u001F';

    private readonly Dictionary<string, long> counts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private long beyond;
    private bool hasReasons;

    public CodeCensus() => bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();

    public void Add(ReadOnlySpan<char> code, ReadOnlySpan<char> reason)
    {
        code = SpreadsheetText.Unwrap(code);
        reason = SpreadsheetText.Unwrap(reason);
        if (code.IsEmpty) return;
        hasReasons |= !reason.IsEmpty;
        if (code.Length + reason.Length > 200)
        {
            beyond++;
            return;
        }
        Span<char> key = stackalloc char[code.Length + 1 + reason.Length];
        code.CopyTo(key);
        key[code.Length] = Between;
        reason.CopyTo(key[(code.Length + 1)..]);
        if (bySpan.TryGetValue(key, out var count)) bySpan[key] = count + 1;
        else if (counts.Count < MaxCodes) bySpan[key] = 1;
        else beyond++;
    }

    /// <summary>One set explains more rows than every other, so that the rest of the file need not be looked at.</summary>
    public bool IsDecided(IReadOnlyList<CodeSet> sets) => counts.Count > 0 && Best(sets).Sets.Count == 1;

    /// <summary>The share of coded rows that the best sets explain, and those sets in the order given.</summary>
    public (double Share, IReadOnlyList<CodeSet> Sets) Best(IReadOnlyList<CodeSet> sets)
    {
        var total = counts.Values.Sum() + beyond;
        if (total == 0) return (0, []);
        var explained = sets.Select(set => counts.Where(pair => Find(set, pair.Key, out _)).Sum(pair => pair.Value)).ToList();
        var most = explained.Max();
        List<CodeSet> best = [.. sets.Where((_, i) => explained[i] == most)];
        // Where rows state an excuse, a set that passes over it does not explain them as well.
        if (hasReasons && best.Exists(set => set.ReadsReasons)) best.RemoveAll(set => !set.ReadsReasons);
        return ((double)most / total, best);
    }

    public bool IsEmpty => counts.Count == 0 && beyond == 0;

    /// <summary>A code that two sets explain but class differently (present in one, absent in the other); null if there is none.</summary>
    public string? Disagreement(CodeSet one, CodeSet other)
    {
        foreach (var key in counts.Keys)
            if (Find(one, key, out var a) && Find(other, key, out var b) && (a.Category != b.Category || a.IsUnauthorised != b.IsUnauthorised))
                return Shown(key);
        return null;
    }

    /// <summary>Codes the set does not hold, the most frequent first, for the sender's eyes.</summary>
    public IReadOnlyList<string> Unexplained(CodeSet? set, int most) =>
        [.. counts.Where(pair => set is null || !Find(set, pair.Key, out _)).OrderByDescending(pair => pair.Value).Take(most).Select(pair => Shown(pair.Key))];

    private static bool Find(CodeSet set, string key, out Mark mark)
    {
        var between = key.IndexOf(Between, StringComparison.Ordinal);
        return set.TryFind(key.AsSpan(0, between), key.AsSpan(between + 1), out mark);
    }

    private static string Shown(string key)
    {
        var shown = key.TrimEnd(Between).Replace(Between, CodeSet.PairSeparator);
        return shown.Length > 20 ? shown[..20] + "…" : shown;
    }
}
