namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Works out from a file's dates how they are written. Day-first against month-first is settled by the whole file:
/// by a date that can be read one way only, or by the coverage the sender stated; never by likelihood.</summary>
internal sealed class DateCensus
{
    private const int MaxRemembered = 4096;

    private readonly Coverage? stated;
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> seenBySpan;
    private readonly long[] readable = new long[DateFormat.Known.Count];
    private long texts;
    private long dayFirstOnly;
    private long monthFirstOnly;
    private long differing;
    private bool dayFirstInside = true;
    private bool monthFirstInside = true;

    /// <param name="stated">The days the sender says the file covers; null if not said.</param>
    public DateCensus(Coverage? stated)
    {
        this.stated = stated;
        seenBySpan = seen.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Only dates that can be read in one order were seen, so that the rest of the file need not be looked at.</summary>
    public bool IsPlain => dayFirstOnly + monthFirstOnly + differing == 0 && readable.Any(count => count > 0);

    public void Add(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || seenBySpan.Contains(text)) return;
        if (seen.Count < MaxRemembered) seenBySpan.Add(text);
        texts++;
        DateOnly? dayFirst = null, monthFirst = null;
        for (var i = 0; i < readable.Length; i++)
        {
            var format = DateFormat.Known[i];
            if (!format.TryParse(text, out var date)) continue;
            readable[i]++;
            if (format.IsDayFirst) dayFirst = date;
            if (format.IsMonthFirst) monthFirst = date;
        }
        if (dayFirst is { } d && stated is { } coverage && !coverage.Contains(d)) dayFirstInside = false;
        if (monthFirst is { } m && stated is { } covers && !covers.Contains(m)) monthFirstInside = false;
        if (dayFirst == monthFirst) return;
        if (monthFirst is null) dayFirstOnly++;
        else if (dayFirst is null) monthFirstOnly++;
        else differing++;
    }

    public DateOutcome Settle(string column)
    {
        if (texts == 0) return new DateOutcome.Settled([.. DateFormat.Known.Where(format => !format.IsDayFirst && !format.IsMonthFirst)], "Dates: none in the file.");
        if (readable.All(count => count == 0))
            return new DateOutcome.Refused($"No value in column '{column}' reads as a date. Write dates as 2024-09-05, or name a profile that states their format.");
        if (dayFirstOnly > 0 && monthFirstOnly > 0)
            return new DateOutcome.Refused($"Column '{column}' mixes dates that can only be day/month with dates that can only be month/day. Write all dates one way, best as 2024-09-05, and send the file again.");
        if (dayFirstOnly > 0) return Settled(dayFirst: true, "day before month, because some of its dates can be read no other way");
        if (monthFirstOnly > 0) return Settled(dayFirst: false, "month before day, because some of its dates can be read no other way");
        if (differing == 0) return Settled(dayFirst: true, null);
        if (stated is not null && dayFirstInside != monthFirstInside)
            return Settled(dayFirstInside, (dayFirstInside ? "day before month" : "month before day") + ", because only so do all dates lie in the coverage you stated");
        return new DateOutcome.Refused(
            $"Every date in column '{column}' can be read as day/month or as month/day, and the file does not settle which. Send dates as 2024-09-05, name a profile that states the order (england-2024 or us-daily), or state the days the file covers.");
    }

    private DateOutcome.Settled Settled(bool dayFirst, string? because)
    {
        List<DateFormat> formats =
        [
            .. DateFormat.Known.Zip(readable)
                .Where(pair => pair.Second > 0 && !(dayFirst ? pair.First.IsMonthFirst : pair.First.IsDayFirst))
                .OrderByDescending(pair => pair.Second)
                .Select(pair => pair.First),
        ];
        var names = string.Join(", ", formats.Select(format => format.Text));
        return new DateOutcome.Settled(formats, because is null ? $"Dates: {names}." : $"Dates: {names}: {because}.");
    }
}

/// <summary>Whether the way dates are written is settled.</summary>
internal abstract record DateOutcome
{
    /// <param name="Formats">The most frequent first.</param>
    public sealed record Settled(IReadOnlyList<DateFormat> Formats, string Concluded) : DateOutcome;

    public sealed record Refused(string Why) : DateOutcome;
}
