using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Auditing;

/// <summary>One line of the audit: who did what to whose record, when, and with what right. Never a name, a note or a
/// StudentUniqueId.</summary>
/// <param name="Id">Names the entry: one that comes twice is appended once. Up to <see cref="MaxText"/> characters.</param>
/// <param name="At">When it was done; its UTC month decides which chain it stands in.</param>
/// <param name="Students">Whose record; empty for a whole school or district. At most <see cref="MaxStudents"/>, or
/// <see cref="MaxUnlistedStudents"/> where no school is named.</param>
/// <param name="Reference">Opaque id of the feed, run, referral, form or request; up to <see cref="MaxText"/> characters.</param>
/// <param name="Count">How many pupils or rows an import or run was about.</param>
public sealed record AuditEntry(
    string Id, DateTimeOffset At, AuditActor Who, IReadOnlyList<Role> Roles, AccessReason? Reason, AuditAction Action,
    SchoolId? School, IReadOnlyList<StudentKey> Students, string? Reference = null, int? Count = null, StatedPurpose? Purpose = null)
{
    /// <summary>By which way it was asked: <see cref="AuditWays"/>, or the id of the system that spoke for the person. Null for what the
    /// system does by itself, and in entries from before this was kept.</summary>
    public string? Through { get; init; }

    public const int MaxText = 200;

    /// <summary>Thirty-five bytes each: an entry then fits a row of the table twice over.</summary>
    public const int MaxStudents = 900;

    /// <summary>Pupils of no one school each have a row by which the entry is found, and all of them must fit its commit.</summary>
    public const int MaxUnlistedStudents = 90;

    /// <summary>A read or write of one pupil's record, under an id of its own.</summary>
    public static AuditEntry OfPupil(
        Authority authority, AuditAction action, StudentKey student, SchoolId? school, DateTimeOffset at, string? reference = null) =>
        new(NewId(at), at, authority.Who, authority.Roles, authority.Reason, action, school, [student], reference) { Through = authority.Through };

    /// <summary>A change that is of no one pupil, under an id of its own.</summary>
    public static AuditEntry OfDistrict(Authority authority, AuditAction action, DateTimeOffset at, int? count = null) =>
        new(NewId(at), at, authority.Who, authority.Roles, authority.Reason, action, null, [], Count: count) { Through = authority.Through };

    /// <summary>An import's or run's entry for one school: told again, it is the same entry.</summary>
    /// <param name="run">Opaque id of the feed or run.</param>
    public static AuditEntry OfRun(Authority authority, AuditAction action, string run, SchoolId? school, DateTimeOffset at, int? count = null) =>
        new($"{action} {run} {school}", at, authority.Who, authority.Roles, authority.Reason, action, school, [], run, count) { Through = authority.Through };

    internal static string NewId(DateTimeOffset at) => Guid.CreateVersion7(at).ToString("N");

    /// <summary>The bytes that are stored and hashed: JSON in the order of the record, nulls left out.</summary>
    /// <exception cref="ArgumentException">A text or the list of pupils is too long.</exception>
    public byte[] ToBytes()
    {
        if (Id.Length is 0 or > MaxText || Reference?.Length > MaxText || Through?.Length > MaxText || Students.Count > (School is null ? MaxUnlistedStudents : MaxStudents))
            throw new ArgumentException("An audit entry's id or reference is too long, or it names too many pupils.");
        return JsonSerializer.SerializeToUtf8Bytes(this with { At = At.ToUniversalTime() }, AuditJson.Default.AuditEntry);
    }

    /// <exception cref="FormatException">These are not an entry's bytes.</exception>
    public static AuditEntry Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, AuditJson.Default.AuditEntry) is { Id: not null, Who.Value: not null, Roles: not null, Students: not null } entry
                ? entry
                : throw new FormatException("Not an audit entry.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException("Not an audit entry.", e);
        }
    }
}

/// <summary>An actor in a stored entry: its text.</summary>
internal sealed class AuditActorJson : JsonConverter<AuditActor>
{
    public override AuditActor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => AuditActor.Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, AuditActor value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(StudentKeyJson), typeof(SchoolIdJson), typeof(AuditActorJson)])]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(ChainLink))]
[JsonSerializable(typeof(ChainTail))]
[JsonSerializable(typeof(MonthHeads))]
internal sealed partial class AuditJson : JsonSerializerContext;
