using System.Globalization;

namespace SchoolSignal.Domain.Calendars;

/// <summary>A school year named by the calendar year it ends in (Ed-Fi <c>SchoolYear</c>): 2022 is 2021-22.
/// Twelve months from the first day of <see cref="FirstMonth"/> (August unless the district says otherwise;
/// April in Japan).</summary>
public readonly record struct SchoolYear(int EndYear, int FirstMonth = SchoolYear.DefaultFirstMonth)
{
    public const int DefaultFirstMonth = 8;

    public static SchoolYear Containing(DateOnly date, int firstMonth = DefaultFirstMonth) =>
        new(firstMonth == 1 ? date.Year : date.Month >= firstMonth ? date.Year + 1 : date.Year, firstMonth);

    public DateOnly FirstDay => new(FirstMonth == 1 ? EndYear : EndYear - 1, FirstMonth, 1);

    /// <summary>Inclusive.</summary>
    public DateOnly LastDay => FirstDay.AddYears(1).AddDays(-1);

    public bool Contains(DateOnly date) => date >= FirstDay && date <= LastDay;

    /// <summary>As part of a storage key: the end year.</summary>
    public override string ToString() => EndYear.ToString("D4", CultureInfo.InvariantCulture);

    /// <summary>As people write it: 2021-22.</summary>
    public string Label => FirstMonth == 1
        ? ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{EndYear - 1:D4}-{EndYear % 100:D2}");
}
