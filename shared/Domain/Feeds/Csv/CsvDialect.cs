namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Finds what separates the fields, from the first lines of a file.</summary>
internal abstract record CsvDialect
{
    /// <param name="HasSeparatorLine">The first line is Excel's <c>sep=;</c>, which is not the header.</param>
    public sealed record Found(char Delimiter, bool HasSeparatorLine, string Concluded) : CsvDialect;

    public sealed record Refused(string Why) : CsvDialect;

    public const string OpenQuoteInHeader = "The line of column names has a quote that does not close. Mend the first line and send the file again.";

    private const int MaxLines = 200;

    private static readonly char[] Candidates = [',', ';', '\t', '|', '^', '\u001F'];

    /// <param name="stated">The profile's delimiter; null to work it out.</param>
    /// <param name="isKnownName">Whether a header cell names a column that the profile knows.</param>
    public static CsvDialect Find(ReadOnlySpan<char> sample, char? stated, Func<string, bool> isKnownName)
    {
        var lines = Lines(sample);
        if (lines.Count > 0 && lines[0] is { Length: 5 } first && first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
            return new Found(first[4], HasSeparatorLine: true, $"Delimiter: {Word(first[4])} (the file's own sep= line).");
        if (stated is { } delimiter) return new Found(delimiter, false, $"Delimiter: {Word(delimiter)} (profile).");
        if (lines.Count == 0) return new Found(',', false, "Delimiter: comma.");

        var scored = Candidates.Select(candidate => Score(lines, candidate, isKnownName))
            .Where(score => score.Columns > 1)
            .OrderByDescending(score => score.KnownNames).ThenByDescending(score => score.Agreeing).ThenByDescending(score => score.Columns)
            .ToList();
        if (scored.Count == 0 && lines[0].AsSpan().Count('"') % 2 == 1) return new Refused(OpenQuoteInHeader);
        if (scored.Count == 0)
            return new Refused("The first line holds a single column: no comma, semicolon, tab or bar separates its fields. Export with a comma between fields, or name a profile that states the delimiter.");
        if (scored.Count > 1 && scored[0] with { Delimiter = ' ' } == scored[1] with { Delimiter = ' ' })
            return new Refused($"{Capital(Word(scored[0].Delimiter))} and {Word(scored[1].Delimiter)} separate the fields equally well. Name a profile that states the delimiter.");
        return new Found(scored[0].Delimiter, false, $"Delimiter: {Word(scored[0].Delimiter)}.");
    }

    public static string Word(char delimiter) => delimiter switch
    {
        ',' => "comma",
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "vertical bar",
        '^' => "caret",
        < ' ' => $"character 0x{(int)delimiter:X2}",
        _ => $"'{delimiter}'",
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static Scored Score(List<string> lines, char delimiter, Func<string, bool> isKnownName)
    {
        var header = Split(lines[0], delimiter);
        return new Scored(delimiter, header.Count(isKnownName), lines.Count(line => Split(line, delimiter).Count == header.Count), header.Count);
    }

    private static List<string> Lines(ReadOnlySpan<char> sample)
    {
        var lines = new List<string>();
        foreach (var line in sample.EnumerateLines())
        {
            if (lines.Count == MaxLines) break;
            if (!line.IsWhiteSpace()) lines.Add(line[..Math.Min(line.Length, CsvRecordReader.MaxRecordChars)].ToString());
        }
        return lines;
    }

    /// <summary>A rough split of one line that respects quotes; enough to compare delimiters.</summary>
    private static List<string> Split(string line, char delimiter)
    {
        var cells = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"') quoted = !quoted;
            else if (line[i] == delimiter && !quoted)
            {
                cells.Add(line[start..i]);
                start = i + 1;
            }
        }
        cells.Add(line[start..]);
        return cells;
    }

    private sealed record Scored(char Delimiter, int KnownNames, int Agreeing, int Columns);
}
