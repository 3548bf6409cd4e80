using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A form as a system sends it:
/// <code>{"studentUniqueId":"604822","safeguarding":false,"items":{"1":3,"2":null,"13":0},"note":"...","date":"2026-03-02","submitter":"..."}</code>
/// An item left out is "not enough chance to see". Every field nobody knows is named and refuses the form; a safeguarding
/// concern gets through whatever else is wrong, if the pupil can be read.</summary>
public abstract record ObservationBody
{
    /// <summary>The most bytes of a body; inclusive.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <param name="Submitter">For whom a system hands it in; null where it names nobody.</param>
    public sealed record Form(
        StudentUniqueId Student, string? Submitter, DateOnly? Date, IReadOnlyList<byte?> Items, string? Note, bool? Safeguarding) : ObservationBody
    {
        public ObservationDraft ToDraft(StudentKey student) => new(student, Date, Items, Note, Safeguarding);

        /// <summary>For logs that come by one: hides everything.</summary>
        public override string ToString() => "a form";
    }

    /// <param name="MayBeSafeguarding">It speaks of safeguarding and could not be taken: whoever sent it must speak to somebody.</param>
    public sealed record Refused(IReadOnlyList<ObservationProblem> Problems, bool MayBeSafeguarding) : ObservationBody;

    public static ObservationBody Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 4 });
            return new ObservationBodyReader().Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is the JSON reader's word for broken UTF-8 or half a surrogate pair in a string.
            return new Refused([new ObservationProblem("", ObservationFault.NotReadable)], ObservationLineReader.SpeaksOfSafeguarding(utf8.Span));
        }
    }
}

/// <summary>Reads one body; every mistake is kept, with the field's name.</summary>
internal sealed class ObservationBodyReader
{
    private const int MaxSubmitter = 320;
    private const int MaxNamed = 40;

    private readonly List<ObservationProblem> problems = [];
    private readonly byte?[] items = new byte?[Observation.ItemCount];
    private StudentUniqueId? student;
    private string? submitter;
    private DateOnly? date;
    private string? note;
    private bool? safeguarding;

    public ObservationBody Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return new ObservationBody.Refused([new("", ObservationFault.NotReadable)], false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in root.EnumerateObject())
        {
            if (!seen.Add(field.Name)) Add(field.Name, ObservationFault.NotReadable);
            ReadField(field.Name, field.Value);
        }
        if (student is null && !problems.Exists(p => p.Field == "studentUniqueId")) Add("studentUniqueId", ObservationFault.Missing);
        if (!seen.Contains("items") && safeguarding != true) Add("items", ObservationFault.Missing);
        return student is { } known && (safeguarding == true || problems.Count == 0)
            ? new ObservationBody.Form(known, submitter, date, items, note, safeguarding)
            : new ObservationBody.Refused(problems, safeguarding == true);
    }

    private void Add(string field, ObservationFault fault) =>
        problems.Add(new ObservationProblem(field.Length <= MaxNamed && !field.Any(char.IsControl) ? field : field[..Math.Min(field.Length, MaxNamed)] + "…", fault));

    private void ReadField(string name, JsonElement value)
    {
        switch (name)
        {
            case "studentUniqueId":
                if (StudentUniqueId.TryParse(TextOrNumber(value), out var id)) student = id;
                else Add(name, ObservationFault.NotReadable);
                break;
            case "safeguarding":
                ReadSafeguarding(value);
                break;
            case "items":
                ReadItems(value);
                break;
            case "date":
                if (value.ValueKind == JsonValueKind.String
                    && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) date = day;
                else if (value.ValueKind != JsonValueKind.Null) Add(name, ObservationFault.NotReadable);
                break;
            case "note":
                note = Text(name, value, int.MaxValue);
                break;
            case "submitter":
                submitter = Text(name, value, MaxSubmitter);
                break;
            default:
                Add(name, ObservationFault.UnknownField);
                break;
        }
    }

    /// <summary>A form's tool may write a yes as a word or a number; anything that is no clear answer is none.</summary>
    private void ReadSafeguarding(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
            case JsonValueKind.String when value.GetString()!.Trim() is var yes && (yes.Equals("true", StringComparison.OrdinalIgnoreCase) || yes.Equals("yes", StringComparison.OrdinalIgnoreCase)):
            case JsonValueKind.Number when value.TryGetInt32(out var one) && one == 1:
                safeguarding = true;
                break;
            case JsonValueKind.False:
            case JsonValueKind.String when value.GetString()!.Trim() is var no && (no.Equals("false", StringComparison.OrdinalIgnoreCase) || no.Equals("no", StringComparison.OrdinalIgnoreCase)):
            case JsonValueKind.Number when value.TryGetInt32(out var zero) && zero == 0:
                safeguarding = false;
                break;
            case JsonValueKind.Null:
                break;
            default:
                Add("safeguarding", ObservationFault.NotReadable);
                break;
        }
    }

    private void ReadItems(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Add("items", ObservationFault.NotReadable);
            return;
        }
        var seen = 0;
        foreach (var item in value.EnumerateObject())
        {
            var isItem = int.TryParse(item.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Observation.ItemCount;
            if (!isItem) Add($"items.{item.Name}", ObservationFault.UnknownField);
            else if ((seen & (1 << number)) != 0) Add($"items.{number}", ObservationFault.NotReadable);
            else if (Answer(item.Value) is { } answer) items[number - 1] = answer;
            else if (item.Value.ValueKind != JsonValueKind.Null) Add($"items.{number}", ObservationFault.ItemAnswer);
            if (isItem) seen |= 1 << number;
        }
    }

    /// <summary>A number, or one digit as a text: a rating leaves Microsoft Forms as a text.</summary>
    private static byte? Answer(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetByte(out var number) && number <= Observation.MaxAnswer => number,
        JsonValueKind.String when value.GetString() is [>= '0' and <= '4'] digit => (byte)(digit[0] - '0'),
        _ => null,
    };

    private static string? TextOrNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private string? Text(string name, JsonElement value, int most)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.Length <= most) return text;
        Add(name, ObservationFault.NotReadable);
        return null;
    }
}
