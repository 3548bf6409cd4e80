using System.Globalization;
using System.Text;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>Reads one line. The first mistake refuses the line, but the rest is still read, because a safeguarding concern
/// must get through whatever else is wrong.</summary>
internal ref struct ObservationLineReader(ReadOnlySpan<byte> utf8, int rowNumber, DateOnly today)
{
    private const int MaxObserver = 100;
    private const int MaxNote = 4000;
    private const int MaxKey = 200;

    private readonly ReadOnlySpan<byte> utf8 = utf8;
    private (RefusalReason Reason, string Field)? mistake;
    private StudentUniqueId? student;
    private SchoolId? school;
    private DateOnly? date;
    private string? observer;
    private byte?[]? items;
    private string? note;
    private string? key;
    private bool isSafeguarding;

    public static bool SpeaksOfSafeguarding(ReadOnlySpan<byte> utf8) =>
        Encoding.UTF8.GetString(utf8) is var text
        && text.Contains("safeguarding", StringComparison.OrdinalIgnoreCase) && text.Contains("true", StringComparison.OrdinalIgnoreCase);

    public ObservationLine Read()
    {
        try
        {
            ReadObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is the JSON reader's word for broken UTF-8 or half a surrogate pair in a string.
            mistake = (RefusalReason.InvalidRecord, "line");
        }
        if (isSafeguarding && student is { } concerned)
            return new ObservationLine.Concern(rowNumber, concerned, school, date, observer, note, key);
        CheckPresent();
        if (mistake is { } found)
            return new ObservationLine.Refused(
                new RefusedRow(rowNumber, found.Reason, found.Field, Encoding.UTF8.GetString(utf8)),
                isSafeguarding || (found.Field == "line" && SpeaksOfSafeguarding(utf8)));
        return new ObservationLine.Form(rowNumber, student!.Value, school, date!.Value, observer!, items!, note, key);
    }

    private void CheckPresent()
    {
        if (mistake is not null) return;
        if (student is null) mistake = (RefusalReason.MissingStudent, "studentUniqueId");
        else if (date is null) mistake = (RefusalReason.MissingDate, "date");
        else if (observer is null) mistake = (RefusalReason.InvalidValue, "observer");
        else if (items is null) mistake = (RefusalReason.InvalidValue, "items");
    }

    private void Mistake(RefusalReason reason, string field) => mistake ??= (reason, field);

    private void ReadObject()
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 4 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            Mistake(RefusalReason.InvalidRecord, "line");
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!seen.Add(name)) Mistake(RefusalReason.InvalidRecord, name);
            ReadField(ref reader, name);
        }
        // A second value after the object makes the reader throw.
        reader.Read();
    }

    private void ReadField(ref Utf8JsonReader reader, string name)
    {
        switch (name)
        {
            case "studentUniqueId":
                if (StudentUniqueId.TryParse(IdText(ref reader), out var id)) student = id;
                else Mistake(RefusalReason.InvalidStudent, name);
                break;
            case "schoolId":
                if (SchoolId.TryParse(IdText(ref reader), out var schoolId)) school = schoolId;
                else if (reader.TokenType != JsonTokenType.Null) Mistake(RefusalReason.InvalidSchool, name);
                break;
            case "date":
                ReadDate(ref reader);
                break;
            case "observer":
                observer = Text(ref reader, name, MaxObserver);
                break;
            case "note":
                note = Text(ref reader, name, MaxNote, allowsLines: true);
                break;
            case "id":
                key = Text(ref reader, name, MaxKey);
                break;
            case "safeguarding":
                ReadSafeguarding(ref reader);
                break;
            case "items":
                ReadItems(ref reader);
                break;
            default:
                // An unknown field may be a misspelt "safeguarding": better back to the sender than dropped.
                Mistake(RefusalReason.InvalidRecord, name.Length <= 40 && !name.Any(char.IsControl) ? name : "line");
                reader.Skip();
                break;
        }
    }

    private void ReadDate(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String
            || !DateOnly.TryParseExact(reader.GetString()!.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            Mistake(RefusalReason.InvalidDate, "date");
            reader.Skip();
        }
        else if (day > today)
        {
            Mistake(RefusalReason.FutureDate, "date");
        }
        else if (day < today.AddYears(-ObservationFile.MaxAgeYears))
        {
            Mistake(RefusalReason.TooOldDate, "date");
        }
        else
        {
            date = day;
        }
    }

    private void ReadSafeguarding(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
            case JsonTokenType.Number when reader.TryGetInt32(out var number) && number == 1:
            case JsonTokenType.String when string.Equals(reader.GetString()!.Trim(), "true", StringComparison.OrdinalIgnoreCase):
                isSafeguarding = true;
                break;
            case JsonTokenType.False:
            case JsonTokenType.Null:
                break;
            default:
                Mistake(RefusalReason.InvalidValue, "safeguarding");
                reader.Skip();
                break;
        }
    }

    private void ReadItems(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Mistake(RefusalReason.InvalidValue, "items");
            reader.Skip();
            return;
        }
        items = new byte?[Observation.ItemCount];
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var isItem = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var item) && item is >= 1 and <= Observation.ItemCount;
            if (!isItem || (seen & (1 << item)) != 0) Mistake(RefusalReason.InvalidValue, isItem ? $"items.{item}" : "items");
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out var answer) && answer <= Observation.MaxAnswer) items[item - 1] = answer;
            else if (reader.TokenType != JsonTokenType.Null) Mistake(RefusalReason.InvalidValue, $"items.{item}");
            if (isItem) seen |= 1 << item;
            reader.Skip();
        }
    }

    /// <summary>A text, or a whole number that the sender's tool left unquoted.</summary>
    private static string? IdText(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number when reader.TryGetInt64(out var number):
                return number.ToString(CultureInfo.InvariantCulture);
            default:
                reader.Skip();
                return null;
        }
    }

    private string? Text(ref Utf8JsonReader reader, string name, int maxLength, bool allowsLines = false)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String && reader.GetString()!.Trim() is var text && text.Length <= maxLength
            && !text.Any(c => char.IsControl(c) && !(allowsLines && c is '\n' or '\r' or '\t')))
            return text.Length == 0 ? null : text;
        Mistake(RefusalReason.InvalidValue, name);
        reader.Skip();
        return null;
    }
}
