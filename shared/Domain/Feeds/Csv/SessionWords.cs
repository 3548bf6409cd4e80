using System.Collections.Frozen;
using SchoolSignal.Domain.Attendance;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Reads a session's text: the usual words for morning, afternoon and whole day, and the profile's own.</summary>
internal sealed class SessionWords
{
    private static readonly (string Text, SessionOfDay Session)[] Usual =
    [
        ("AM", SessionOfDay.Am), ("A.M.", SessionOfDay.Am), ("Morning", SessionOfDay.Am),
        ("PM", SessionOfDay.Pm), ("P.M.", SessionOfDay.Pm), ("Afternoon", SessionOfDay.Pm),
        ("Day", SessionOfDay.WholeDay), ("Whole Day", SessionOfDay.WholeDay), ("WholeDay", SessionOfDay.WholeDay), ("Full Day", SessionOfDay.WholeDay),
        ("FullDay", SessionOfDay.WholeDay), ("All Day", SessionOfDay.WholeDay), ("AllDay", SessionOfDay.WholeDay), ("Daily", SessionOfDay.WholeDay),
        ("All", SessionOfDay.WholeDay), ("Full", SessionOfDay.WholeDay),
    ];

    private readonly FrozenDictionary<string, SessionOfDay>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    public SessionWords(IReadOnlyDictionary<string, SessionOfDay> ofProfile)
    {
        var all = Usual.ToDictionary(usual => usual.Text, usual => usual.Session, StringComparer.OrdinalIgnoreCase);
        foreach (var (text, session) in ofProfile) all[text] = session;
        bySpan = all.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool TryFind(ReadOnlySpan<char> text, out SessionOfDay session) => bySpan.TryGetValue(text, out session);

    /// <summary>The number in "3", "P3", "Per 3", "Period 3" and PowerSchool's "3(A)"; 1 to 255.</summary>
    public static bool TryPeriod(ReadOnlySpan<char> text, out byte period)
    {
        var expression = text.IndexOf('(');
        if (expression > 0) text = text[..expression];
        text = text.Trim();
        foreach (var word in (ReadOnlySpan<string>)["period", "per", "p"])
        {
            if (!text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            text = text[word.Length..].Trim();
            break;
        }
        period = 0;
        if (text.IsEmpty || text.Length > 3) return false;
        foreach (var c in text)
            if (!char.IsAsciiDigit(c)) return false;
        return byte.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out period) && period > 0;
    }
}
