using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Observations;

public sealed class SafeguardingConfigTests
{
    [Fact]
    public async Task Load_Contacts_HoldEverywhereUnlessASchoolNamesItsOwn()
    {
        const string file = """
            { "safeguarding": {
                "district": { "name": "Ms Hall", "phone": "555-0100", "mail": "hall@district.example" },
                "everySchool": { "aboutStaff": { "name": "Dr Reed", "phone": "555-0102" }, "emergencyNumber": "911" },
                "schools": { "oakfield": { "lead": { "name": "Mr Lee", "phone": "555-0101" } } } } }
            """;
        var config = Assert.IsType<DistrictConfigResult.Loaded>(DistrictConfigFile.Load(file, "district.json")).Config.Safeguarding!;
        using var store = new TestStore();
        var contacts = new SafeguardingContactStore(store.Tables, DistrictId.Parse("valley"));
        await config.SaveAsync(contacts, _ => Task.CompletedTask, default);

        var oakfield = await contacts.ReadAsync(SchoolId.Parse("oakfield"), default);
        Assert.Equal((new SafeguardingContact("Mr Lee", "555-0101"), "Dr Reed", "911"), (Assert.Single(oakfield.SpeakTo), oakfield.School.AboutStaff!.Name, oakfield.School.EmergencyNumber));
        Assert.Equal("Ms Hall", (await contacts.ReadAsync(SchoolId.Parse("elsewhere"), default)).SpeakTo[0].Name);
    }

    [Fact]
    public void Load_WrongContacts_AreNamed()
    {
        var invalid = Assert.IsType<DistrictConfigResult.Invalid>(DistrictConfigFile.Load(
            """{ "safeguarding": { "district": { "name": "Ms Hall" }, "everySchool": { "led": {} } } }""", "district.json"));
        Assert.Equal(["safeguarding.district.phone", "safeguarding.everySchool.led"], invalid.Errors.Select(e => e.Field).Order());
    }
}
