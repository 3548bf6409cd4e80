namespace SchoolSignal.Domain.Roster;

/// <summary>Names and grades as kept: without control characters and no longer than a screen can show.</summary>
internal static class RosterText
{
    public const int MaxName = 100;
    public const int MaxGrade = 40;

    public static string Name(ReadOnlySpan<char> text) => Clean(text, MaxName);

    public static string Grade(ReadOnlySpan<char> text) => Clean(text, MaxGrade);

    private static string Clean(ReadOnlySpan<char> text, int length)
    {
        var cut = text.Trim();
        if (cut.Length > length) cut = cut[..length].TrimEnd();
        foreach (var c in cut)
            if (char.IsControl(c)) return string.Concat(cut.ToString().Where(x => !char.IsControl(x)));
        return cut.ToString();
    }
}
