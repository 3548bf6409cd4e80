using System.Text.Json.Serialization;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.District;

/// <summary>A staff member as stored.</summary>
internal sealed record StaffRow(
    string Id, string Source, string Name, IReadOnlyList<Role> Roles, IReadOnlyList<SchoolId> Schools, Guid? Object, string? Upn,
    IReadOnlyList<SchoolClass> Classes, IReadOnlyList<CaseloadGrades> Grades, IReadOnlyList<StudentKey> Pupils, string? Deputy, bool Left)
{
    public static StaffRow Of(StaffMember member) => new(
        member.Id.Value, member.SourceId, member.DisplayName, [.. member.Roles.Order()], [.. member.Schools.Order()],
        member.EntraObjectId, member.UserPrincipalName, member.Classes, member.Caseload.Grades, [.. member.Caseload.Pupils.Order()],
        member.Deputy?.Value, !member.IsActive);

    public StaffMember ToMember() => new(StaffId.Parse(Id), Source, Name, Roles.ToHashSet(), Schools.ToHashSet())
    {
        EntraObjectId = Object,
        UserPrincipalName = Upn,
        Classes = Classes,
        Caseload = new Caseload(Grades, Pupils.ToHashSet()),
        Deputy = Deputy is null ? null : StaffId.Parse(Deputy),
        IsActive = !Left,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    Converters = [typeof(SchoolIdJson), typeof(ClassIdJson), typeof(StudentKeyJson)])]
[JsonSerializable(typeof(StaffRow))]
internal sealed partial class StaffJson : JsonSerializerContext;
