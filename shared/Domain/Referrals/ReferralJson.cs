using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Referrals;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(StudentKeyJson), typeof(SchoolIdJson), typeof(ReferralIdJson), typeof(ActorJson), typeof(DatesJson), typeof(CaseTextJson), typeof(FeedIdJson)])]
[JsonSerializable(typeof(ScreeningResult))]
[JsonSerializable(typeof(Referral))]
[JsonSerializable(typeof(ReferralEntry))]
[JsonSerializable(typeof(VerdictRecord))]
[JsonSerializable(typeof(WeekOfReferrals))]
internal sealed partial class ReferralJson : JsonSerializerContext;

internal sealed class ReferralIdJson : JsonConverter<ReferralId>
{
    public override ReferralId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReferralId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, ReferralId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

internal sealed class ActorJson : JsonConverter<Actor>
{
    public override Actor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, Actor value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

internal sealed class CaseTextJson : JsonConverter<CaseText>
{
    public override CaseText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => CaseText.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, CaseText value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>The days behind a rule as the first day's number and the steps from day to day, so that a pupil long away, with
/// a dozen rules on the same half year, still fits a row.</summary>
internal sealed class DatesJson : JsonConverter<IReadOnlyList<DateOnly>>
{
    public override IReadOnlyList<DateOnly> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var dates = new List<DateOnly>();
        var day = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            day += reader.GetInt32();
            dates.Add(DateOnly.FromDayNumber(day));
        }
        return dates;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<DateOnly> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        var before = 0;
        foreach (var date in value)
        {
            writer.WriteNumberValue(date.DayNumber - before);
            before = date.DayNumber;
        }
        writer.WriteEndArray();
    }
}
