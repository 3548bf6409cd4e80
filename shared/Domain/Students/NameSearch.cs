using System.Globalization;

namespace SchoolSignal.Domain.Students;

/// <summary>Finds names by what somebody types of them.</summary>
public static class NameSearch
{
    private const CompareOptions Loosely =
        CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreKanaType | CompareOptions.IgnoreWidth;

    /// <summary>The words typed; none for blanks, which finds nobody.</summary>
    public static IReadOnlyList<string> WordsOf(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        return typed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Whether every word typed begins a word of the name, without regard to case, accents or kana; where names are written
    /// without spaces, whether the name holds it.</summary>
    public static bool Matches(string name, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(words);
        var parts = WordsOf(name);
        return words.All(word => Begins(name, parts, word));
    }

    private static bool Begins(string name, IReadOnlyList<string> parts, string word)
    {
        var compare = CultureInfo.InvariantCulture.CompareInfo;
        return parts.Any(part => compare.IsPrefix(part, word, Loosely)) || (word[0] > '\u2E7F' && compare.IndexOf(name, word, Loosely) >= 0);
    }
}
