using System.Globalization;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>One way of writing a date, given as <c>yyyy-MM-dd</c>, <c>dd/MM/yyyy</c>, <c>MM/dd/yyyy</c>, <c>yyyyMMdd</c>,
/// <c>dd-MMM-yyyy</c> and the like: the order of day, month and year, and what stands between them ('-', '/', '.', a space,
/// or nothing). Days and months may have one digit, a two-digit year is of this century (2000 to 2099), and a time of day
/// behind the date is passed over.</summary>
public sealed record DateFormat
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private readonly char[] order;
    private readonly char separator;
    private readonly bool namedMonth;
    private readonly int yearDigits;

    private DateFormat(string text, char[] order, char separator, bool namedMonth, int yearDigits)
    {
        Text = text;
        (this.order, this.separator, this.namedMonth, this.yearDigits) = (order, separator, namedMonth, yearDigits);
    }

    /// <summary>Every format the reader knows by itself, the unmistakable ones first.</summary>
    public static IReadOnlyList<DateFormat> Known { get; } =
    [
        .. new[]
        {
            "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd", "yyyyMMdd", "dd-MMM-yyyy", "dd MMM yyyy", "dd/MMM/yyyy", "dd-MMM-yy", "dd MMM yy",
            "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "MM-dd-yyyy", "dd.MM.yyyy", "MM.dd.yyyy", "dd/MM/yy", "MM/dd/yy", "dd-MM-yy",
            "MM-dd-yy", "dd.MM.yy",
        }.Select(text => TryParseFormat(text, out var format) ? format! : throw new InvalidOperationException(text)),
    ];

    /// <summary>The format as it was given.</summary>
    public string Text { get; }

    internal bool IsDayFirst => order[0] == 'd' && !namedMonth;

    internal bool IsMonthFirst => order[0] == 'M';

    /// <summary>Reads a format such as <c>dd/MM/yyyy</c>; false if it is not one.</summary>
    public static bool TryParseFormat(string text, out DateFormat? format)
    {
        format = null;
        var runs = new List<string>();
        foreach (var c in text)
        {
            if (runs.Count > 0 && runs[^1][0] == c) runs[^1] += c;
            else runs.Add(c.ToString());
        }
        var compact = runs.Count == 3;
        if (runs.Count != 5 && !compact) return false;
        if (!compact && (runs[1] != runs[3] || runs[1] is not ("-" or "/" or "." or " "))) return false;
        string[] parts = compact ? [.. runs] : [runs[0], runs[2], runs[4]];
        var year = Array.Find(parts, part => part[0] == 'y');
        var month = Array.Find(parts, part => part[0] == 'M');
        var day = Array.Find(parts, part => part[0] == 'd');
        if (year is not ("yyyy" or "yy") || month is not ("M" or "MM" or "MMM") || day is not ("d" or "dd")) return false;
        if (compact && (year.Length != 4 || month.Length != 2 || day.Length != 2)) return false;
        format = new DateFormat(text, [.. parts.Select(part => part[0])], compact ? '\0' : runs[1][0], month.Length == 3, year.Length);
        return true;
    }

    /// <summary>Reads a date in this format; false for any other text, and for a day that does not exist.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        text = WithoutTime(text.Trim());
        int year = 0, month = 0, day = 0;
        for (var i = 0; i < order.Length; i++)
        {
            int length;
            if (separator == '\0') length = order[i] == 'y' ? 4 : 2;
            else length = i == 2 ? text.Length : text.IndexOf(separator);
            if (length < 1 || length > text.Length) return false;
            var part = text[..length];
            text = text[length..];
            if (separator != '\0' && i < 2) text = text[1..];
            switch (order[i])
            {
                case 'y':
                    if (length != yearDigits || !TryNumber(part, out year)) return false;
                    break;
                case 'M':
                    if (namedMonth ? !TryMonth(part, out month) : length > 2 || !TryNumber(part, out month)) return false;
                    break;
                default:
                    if (length > 2 || !TryNumber(part, out day)) return false;
                    break;
            }
        }
        if (!text.IsEmpty) return false;
        if (yearDigits == 2) year += 2000;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateOnly(year, month, day);
        return true;
    }

    public override string ToString() => Text;

    /// <summary>"2024-09-05T00:00:00Z" and "05/09/2024 8:30 AM": the day only.</summary>
    private static ReadOnlySpan<char> WithoutTime(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon < 0) return text;
        var before = text[..colon].LastIndexOfAny('T', ' ');
        return before > 5 ? text[..before].TrimEnd() : text;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = (number * 10) + (c - '0');
        }
        return true;
    }

    /// <summary>English month names, short or whole.</summary>
    private static bool TryMonth(ReadOnlySpan<char> name, out int month)
    {
        month = 0;
        if (name.Length < 3) return false;
        for (var i = 0; i < Months.Length; i++)
        {
            if (!name.StartsWith(Months[i], StringComparison.OrdinalIgnoreCase)) continue;
            month = i + 1;
            return name.Length == 3
                || (i == 8 && name.Equals("sept", StringComparison.OrdinalIgnoreCase))
                || name.Equals(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[i], StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }
}
