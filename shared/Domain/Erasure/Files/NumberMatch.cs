namespace SchoolSignal.Domain.Erasure.Files;

/// <summary>Says of a text in a file whether it is, or holds, the number of a pupil who is to be taken out of it.</summary>
/// <param name="isErased">Asked once for each different number.</param>
public sealed class NumberMatch(Func<string, bool> isErased)
{
    private const int MostKnown = 100_000;

    private readonly Dictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <summary>One pupil's number.</summary>
    public NumberMatch(string number) : this(text => text == number) => Number = number;

    /// <summary>Null where many pupils are looked for.</summary>
    public string? Number { get; }

    public bool Is(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty) return false;
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var answer)) return answer;
        if (known.Count == MostKnown) known.Clear();
        return lookup[text] = isErased(text.ToString());
    }

    /// <summary>Whether the number stands in a text whose parts nobody can tell any more, such as a row that was refused: as a word
    /// of its own.</summary>
    public bool IsMentionedIn(ReadOnlySpan<char> text)
    {
        if (Number is { } number) return IsWordIn(text, number);
        while (!text.IsEmpty)
        {
            var start = 0;
            while (start < text.Length && !IsOfWord(text[start])) start++;
            var end = start;
            while (end < text.Length && IsOfWord(text[end])) end++;
            if (end > start && Is(text[start..end])) return true;
            text = text[end..];
        }
        return false;
    }

    private static bool IsWordIn(ReadOnlySpan<char> text, string number)
    {
        for (int from = 0, at; (at = text[from..].IndexOf(number, StringComparison.Ordinal)) >= 0; from += at + 1)
        {
            var start = from + at;
            var end = start + number.Length;
            if ((start == 0 || !IsOfWord(text[start - 1])) && (end == text.Length || !IsOfWord(text[end]))) return true;
        }
        return false;
    }

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' or '.';
}
