using System.Text.Json;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Domain.Observations;

/// <summary>The <c>safeguarding</c> part of a district file: whom to speak to, in the district, everywhere and in single schools.</summary>
/// <param name="Everywhere">What holds in schools that name nobody of their own.</param>
public sealed record SafeguardingConfig(
    SafeguardingContact? District, SchoolSafeguarding Everywhere, IReadOnlyDictionary<SchoolId, SchoolSafeguarding> Schools)
{
    private const int MaxName = 100;
    private const int MaxPhone = 40;
    private const int MaxMail = 254;

    /// <summary>Puts these in the place of what was stored of them; what is stored so already is left alone.</summary>
    /// <param name="before">Called before each change with the school it is of; null for the district.</param>
    public async Task SaveAsync(SafeguardingContactStore store, Func<SchoolId?, Task> before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(before);
        if (await store.ReadOwnAsync(null, cancellationToken) != new SafeguardingContacts(District, Everywhere))
        {
            await before(null);
            await store.SetDistrictAsync(District, Everywhere, cancellationToken);
        }
        foreach (var (school, own) in Schools)
        {
            if ((await store.ReadOwnAsync(school, cancellationToken)).School == own) continue;
            await before(school);
            await store.SetSchoolAsync(school, own, cancellationToken);
        }
    }

    /// <returns>Null where the file has no such part.</returns>
    internal static SafeguardingConfig? Read(ConfigReader reader, Dictionary<string, JsonElement> parts)
    {
        const string Name = "safeguarding";
        if (!parts.ContainsKey(Name)) return null;
        var part = reader.Object(parts, Name, "district", "everySchool", "schools");
        var schools = new Dictionary<SchoolId, SchoolSafeguarding>();
        foreach (var (school, value) in reader.Object(part, $"{Name}.schools"))
        {
            var field = $"{Name}.schools.{school}";
            if (SchoolId.TryParse(school, out var id)) schools[id] = School(reader, reader.Object(value, field, SchoolFields), field);
            else reader.Add(field, "is not a school id");
        }
        return new SafeguardingConfig(
            Contact(reader, part, $"{Name}.district"),
            School(reader, reader.Object(part, $"{Name}.everySchool", SchoolFields), $"{Name}.everySchool"), schools);
    }

    private static ReadOnlySpan<string> SchoolFields => (string[])["lead", "deputy", "aboutStaff", "emergencyNumber"];

    private static SchoolSafeguarding School(ConfigReader reader, Dictionary<string, JsonElement> school, string field) => new(
        Contact(reader, school, $"{field}.lead"), Contact(reader, school, $"{field}.deputy"), Contact(reader, school, $"{field}.aboutStaff"),
        reader.Text(school, $"{field}.emergencyNumber", MaxPhone));

    private static SafeguardingContact? Contact(ConfigReader reader, Dictionary<string, JsonElement> parent, string field)
    {
        if (!parent.ContainsKey(field[(field.LastIndexOf('.') + 1)..])) return null;
        var contact = reader.Object(parent, field, "name", "phone", "mail");
        var name = reader.Text(contact, $"{field}.name", MaxName, isRequired: true);
        var phone = reader.Text(contact, $"{field}.phone", MaxPhone, isRequired: true);
        var mail = reader.Text(contact, $"{field}.mail", MaxMail);
        return name is null || phone is null ? null : new SafeguardingContact(name, phone, mail);
    }
}
