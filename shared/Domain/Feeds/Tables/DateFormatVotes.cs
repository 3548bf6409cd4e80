using System.Globalization;

namespace SchoolSignal.Domain.Feeds.Tables;

/// <summary>How the dates of a file are written.</summary>
internal abstract record DateFormatDecision
{
    /// <param name="Format">For <see cref="DateFormatVotes.TryParse"/>.</param>
    public sealed record Decided(string Format) : DateFormatDecision;

    /// <summary>Day and month could be either way round, and no date settles it.</summary>
    public sealed record Ambiguous : DateFormatDecision;
}

/// <summary>Works out from all dates of a file how they are written: the format that reads the most of them. Never guesses
/// between day/month and month/day.</summary>
internal sealed class DateFormatVotes
{
    public const string Iso = "yyyy-MM-dd";

    // The two orders of day and month stand side by side: see Decide.
    private static readonly string[] Formats =
        [Iso, "yyyyMMdd", "yyyy/M/d", "d.M.yyyy", "d-MMM-yyyy", "d MMM yyyy", "d/M/yyyy", "M/d/yyyy", "d-M-yyyy", "M-d-yyyy"];

    private const int FirstOfPairs = 6;

    private readonly long[] votes = new long[Formats.Length];
    private readonly bool[] differs = new bool[Formats.Length];

    public void Add(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        for (var i = 0; i < Formats.Length; i++)
        {
            if (!TryParse(text, Formats[i], out var date)) continue;
            votes[i]++;
            differs[i] |= date.Day != date.Month;
        }
    }

    public DateFormatDecision Decide()
    {
        var best = 0;
        for (var i = 1; i < votes.Length; i++)
            if (votes[i] > votes[best]) best = i;
        if (best >= FirstOfPairs && best % 2 == FirstOfPairs % 2 && votes[best] == votes[best + 1] && differs[best])
            return new DateFormatDecision.Ambiguous();
        return new DateFormatDecision.Decided(Formats[best]);
    }

    /// <summary>A time after an ISO date is left aside.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, string format, out DateOnly date)
    {
        if (format == Iso && text.Length > 10 && text[10] == 'T') text = text[..10];
        return DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }
}
