using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>A StudentKey in a stored row: thirty-two hex digits.</summary>
internal sealed class StudentKeyJson : JsonConverter<StudentKey>
{
    public override StudentKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => StudentKey.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, StudentKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A SchoolId in a stored row: its text.</summary>
internal sealed class SchoolIdJson : JsonConverter<SchoolId>
{
    public override SchoolId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => SchoolId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SchoolId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override SchoolId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => SchoolId.Parse(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, SchoolId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}

/// <summary>A ClassId in a stored row: its text.</summary>
internal sealed class ClassIdJson : JsonConverter<ClassId>
{
    public override ClassId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ClassId.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, ClassId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
