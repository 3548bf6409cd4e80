using System.Globalization;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Pages;
using SchoolSignal.Pages.District;

namespace SchoolSignal.Functions.District;

/// <summary>Reads the fields of an administrator's form and gathers what is wrong with them.</summary>
internal sealed class DistrictForm(IFormCollection fields)
{
    private readonly Dictionary<string, FormError> errors = [];

    public bool HasErrors => errors.Count > 0;

    /// <summary>Without the blanks around it; empty where it was not sent.</summary>
    public string Text(string field) => fields[field].ToString().Trim();

    /// <summary>A text of at most so many characters, none of them a control character but line ends.</summary>
    public string Text(string field, int most)
    {
        var text = Text(field).ReplaceLineEndings("\n");
        if (text.Length > most) Fail(field, "District.Error.TooLong", most.ToString(CultureInfo.CurrentCulture));
        else if (text.Any(c => char.IsControl(c) && c != '\n')) Fail(field, "District.Error.ControlCharacter");
        return text;
    }

    public string Required(string field, int most)
    {
        var text = Text(field, most);
        if (text.Length == 0) Fail(field, "District.Error.Missing");
        return text;
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both inclusive; null where it is empty or wrong.</summary>
    public int? Number(string field, int least, int most)
    {
        var text = Text(field);
        if (text.Length == 0) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Fail(field, "District.Error.Number", $"{least}–{most}");
        return null;
    }

    /// <summary>A time of day as a browser sends it, HH:mm; null, with an error, where it is missing or none.</summary>
    public TimeOnly? Time(string field)
    {
        if (TimeOnly.TryParseExact(Text(field), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        Fail(field, "District.Error.Time");
        return null;
    }

    public IReadOnlyList<string> Chosen(string field) => [.. fields[field].OfType<string>()];

    public IReadOnlyList<string> Lines(string field, int most) => [.. Text(field, most).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public void Fail(string field, string key, string detail = "") => errors.TryAdd(field, new FormError(key, detail));

    /// <summary>The form as it came, over what stands in fields it did not have.</summary>
    public FormState Back(IReadOnlyDictionary<string, string> stored)
    {
        var values = new Dictionary<string, string>(stored);
        foreach (var (name, value) in fields) values[name] = string.Join('\n', value.ToArray());
        return new FormState(values, errors);
    }

    /// <summary>What the address says was just done.</summary>
    public static DistrictDone? DoneOf(HttpRequest request) =>
        Enum.TryParse<DistrictDone>(request.Query["done"].ToString(), out var done) && Enum.IsDefined(done) ? done : null;

    public static SeeOther After(string page, DistrictDone done) => new($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={done}");
}
