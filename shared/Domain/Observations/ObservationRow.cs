using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>A form's row beside what its key says.</summary>
/// <param name="Items">Thirteen characters, a digit or '-' each.</param>
/// <param name="Revision">Left out for the first.</param>
internal sealed record ObservationRow(
    string Observer, string Items, string? Note, int? Revision = null, DateTimeOffset? SubmittedAt = null, DateTimeOffset? WithdrawnAt = null)
{
    public static byte[] Write(StoredObservation form) => JsonSerializer.SerializeToUtf8Bytes(
        new ObservationRow(
            form.Observation.Observer, Pack(form.Observation.Items), form.Note, form.Revision == 1 ? null : form.Revision, form.SubmittedAt, form.WithdrawnAt),
        ObservationJson.Default.ObservationRow);

    public static ObservationRow Read(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize(body, ObservationJson.Default.ObservationRow)!;

    public StoredObservation ToStored(ObservationId id, StudentKey student, SchoolId school, DateOnly date) =>
        new(new Observation(id, student, school, date, Observer, Unpack(Items)), Note)
        {
            Revision = Revision ?? 1,
            SubmittedAt = SubmittedAt,
            WithdrawnAt = WithdrawnAt,
        };

    public EarlierAnswers ToEarlier() => new(Revision ?? 1, Unpack(Items), Note);

    internal static string Pack(IReadOnlyList<byte?> items) =>
        string.Create(items.Count, items, static (text, answers) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = answers[i] is { } answer ? (char)('0' + answer) : '-';
        });

    private static byte?[] Unpack(string text)
    {
        var items = new byte?[text.Length];
        for (var i = 0; i < text.Length; i++) items[i] = text[i] == '-' ? null : (byte)(text[i] - '0');
        return items;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(StudentKeyJson), typeof(SchoolIdJson)])]
[JsonSerializable(typeof(ObservationRow))]
[JsonSerializable(typeof(SafeguardingConcern))]
[JsonSerializable(typeof(OwnSubmissionRow))]
[JsonSerializable(typeof(UrgentConcern))]
internal sealed partial class ObservationJson : JsonSerializerContext;
