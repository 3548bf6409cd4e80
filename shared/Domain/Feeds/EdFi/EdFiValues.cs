using System.Globalization;

namespace SchoolSignal.Domain.Feeds.EdFi;

/// <summary>Small values as Ed-Fi writes them.</summary>
internal static class EdFiValues
{
    /// <summary>An ISO date; a time after 'T' or ' ' and a zone (which xs:date allows) are left aside: the school's day is meant.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length > 10 && text[10] is not ('T' or ' ' or 'Z' or '+' or '-')) return false;
        return text.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>The end year of "2021-2022" (bulk XML) or "2022" (API); null if it is neither.</summary>
    public static int? SchoolYearEnd(ReadOnlySpan<char> text)
    {
        var end = text[(text.LastIndexOf('-') + 1)..];
        return int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is > 1900 and < 3000 ? year : null;
    }

    /// <summary>Whether a record's type is that entity, as an XML element (singular) or as an API resource (plural).</summary>
    public static bool IsType(string? type, string entity) =>
        type is not null
        && (type.Equals(entity, StringComparison.OrdinalIgnoreCase)
            || (type.Length == entity.Length + 1 && type[^1] is 's' or 'S' && type.StartsWith(entity, StringComparison.OrdinalIgnoreCase)));
}
