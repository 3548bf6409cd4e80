using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>A staff list and a roll with classes say who stands how to whom.</summary>
public sealed class StaffImportTests : IAsyncDisposable
{
    private static readonly DateOnly Today = new(2026, 1, 15);
    private static readonly SchoolId Hill = SchoolId.Parse("hill");

    private readonly LocalApp app = new(Today);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task<FeedReport> SendStaffAsync(params string[] rows) => app.SendAsync(
        "staffId,displayName,roles,schools,classes,caseloadGrades,caseloadPupils,deputy,userPrincipalName,left\n" + string.Join('\n', rows) + "\n",
        new FeedRequest(FeedContent.Staff, FileName: "staff.csv"));

    private Task<FeedReport> SendPupilsAsync(params string[] rows) => app.SendAsync(
        "studentUniqueId,schoolId,grade,enrolDate,exitDate,givenName,familyName,classes\n" + string.Join('\n', rows) + "\n",
        new FeedRequest(FeedContent.Roster, FileName: "students.csv"));

    private async Task<StaffMember> MemberAsync(string source) => (await app.Get<StaffStore>().FindBySourceAsync(source, CancellationToken.None))!.Member;

    private async Task<AccessReason> AskAsync(string source, AccessAction action, string pupil)
    {
        var member = await MemberAsync(source);
        var caller = member.AsCaller(member.Roles);
        var key = (await app.Get<StudentDirectory>().FindAsync(StudentUniqueId.Parse(pupil), CancellationToken.None))!.Value;
        var subject = await app.Get<PupilRelations>().OfAsync(caller, key, null, Today, CancellationToken.None);
        return AccessPolicy.Decide(caller, action, subject!).Reason;
    }

    [Fact]
    public async Task Import_StaffAndClasses_DecidesWhoStandsHow()
    {
        await SendPupilsAsync(
            "p1,hill,7,2025-09-01,,Ann,Bell,7A;Maths 1", "p2,hill,8,2025-09-01,,Cy,Dow,8A", "p3,lake,7,2025-09-01,,Eve,Fox,7A",
            "p4,hill,7,2025-09-01,2025-12-19,Gil,Hay,7A");
        var report = await SendStaffAsync(
            "t1,Tess Tann,Teacher,hill,7A,,,,tess@valley.example,", "t2,Ted Urn,Teacher,hill;lake,7A@lake,,,,,",
            "c1,Cleo Vane,Counsellor,hill,,7,,,,", "c2,Carl Wye,Counsellor,hill,,,p3,,,", "l1,Lena Xu,SafeguardingLead,hill,,,,l2,,", "l2,Liam Yeo,SafeguardingLead,hill,,,,,,",
            "a1,Ada Zorn,DistrictAdministrator,,,,,,,");
        Assert.Equal((7, 0), (report.Status.Taken, report.Refused));
        Assert.Equal(["lake has no safeguarding lead: urgent concerns go to the district's contact."], report.Warnings);

        Assert.Equal(AccessReason.OwnClass, await AskAsync("t1", AccessAction.SubmitObservation, "p1"));
        Assert.Equal(AccessReason.OtherPupil, await AskAsync("t1", AccessAction.SubmitObservation, "p2"));
        Assert.Equal(AccessReason.OtherSchool, await AskAsync("t1", AccessAction.SubmitObservation, "p3"));
        Assert.Equal(AccessReason.OtherPupil, await AskAsync("t1", AccessAction.SubmitObservation, "p4"));
        Assert.Equal(AccessReason.OwnSchool, await AskAsync("t1", AccessAction.RaiseConcern, "p2"));
        Assert.Equal(AccessReason.OwnClass, await AskAsync("t2", AccessAction.SubmitObservation, "p3"));
        Assert.Equal(AccessReason.OtherPupil, await AskAsync("t2", AccessAction.SubmitObservation, "p1"));
        Assert.Equal(AccessReason.OwnCaseload, await AskAsync("c1", AccessAction.ReadCase, "p1"));
        Assert.Equal(AccessReason.OwnSchool, await AskAsync("c1", AccessAction.ReadCase, "p2"));
        Assert.Equal(AccessReason.OwnCaseload, await AskAsync("c2", AccessAction.ReadCase, "p3"));
        Assert.Equal(AccessReason.RoleMissing, await AskAsync("a1", AccessAction.ReadCase, "p1"));
        Assert.Equal((await MemberAsync("l2")).Id, (await MemberAsync("l1")).Deputy);
        Assert.Equal(["p1"], await PupilsOfAsync("t1"));
    }

    private async Task<List<string>> PupilsOfAsync(string source)
    {
        var ids = new List<string>();
        foreach (var roll in await app.Get<ClassStore>().ReadAsync((await MemberAsync(source)).Classes, CancellationToken.None))
            foreach (var key in roll.On(Today)) ids.Add((await app.Get<StudentDirectory>().IdentifyAsync(key, CancellationToken.None))!.UniqueId.Value);
        return ids;
    }

    [Fact]
    public async Task Import_Again_ReplacesARowAndKeepsTheId()
    {
        await SendStaffAsync("t1,Tess Tann,Teacher,hill,7A,,,,tess@valley.example,");
        var before = await MemberAsync("t1");
        await SendStaffAsync("t1,Tess Tann-Bell,Counsellor,lake,,,,,,yes");
        var after = await MemberAsync("t1");
        Assert.Equal((before.Id, "Tess Tann-Bell", "tess@valley.example", false), (after.Id, after.DisplayName, after.UserPrincipalName, after.IsActive));
        Assert.Empty(after.Classes);
        Assert.True(after.AsCaller(after.Roles).IsNobody);
    }

    [Theory]
    [InlineData("t1,T,Teacher,,,,,,,", RefusalReason.MissingSchool)]
    [InlineData("t1,T,Boss,hill,,,,,,", RefusalReason.InvalidValue)]
    [InlineData("t1,T,Feeds.Send,hill,,,,,,", RefusalReason.InvalidValue)]
    [InlineData(",T,Teacher,hill,,,,,,", RefusalReason.InvalidValue)]
    [InlineData("t1,T,Teacher,hill;lake,7A,,,,,", RefusalReason.InvalidValue)]
    [InlineData("t1,T,Counsellor,hill,,,nobody,,,", RefusalReason.UnknownStudent)]
    public async Task Import_RowThatSaysTooLittle_IsRefusedWithItsReason(string row, RefusalReason reason)
    {
        var report = await SendStaffAsync(row);
        Assert.Equal([reason], report.RefusedBecause.Keys);
        Assert.Empty(await app.Get<StaffStore>().ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Import_OneRosterClasses_ReplaceAndTieToKnownTeachersOnly()
    {
        await SendStaffAsync("u9,Tess Tann,Teacher,hill,,,,,,");
        await app.SendAsync(Bundle("p1,c1,hill,student", "p2,c2,hill,student", "u9,c1,hill,teacher", "u8,c2,hill,teacher"), new FeedRequest(FeedContent.Roster, FileName: "roster.zip"));
        Assert.Equal([new SchoolClass(Hill, ClassId.Parse("c1"))], (await MemberAsync("u9")).Classes);
        Assert.Null(await app.Get<StaffStore>().FindBySourceAsync("u8", CancellationToken.None));
        Assert.Equal(AccessReason.OwnClass, await AskAsync("u9", AccessAction.SubmitObservation, "p1"));

        await app.SendAsync(Bundle("p1,c3,hill,student", "p2,c3,hill,student", "u9,c3,hill,teacher"), new FeedRequest(FeedContent.Roster, FileName: "roster.zip"));
        Assert.Equal([new SchoolClass(Hill, ClassId.Parse("c3"))], (await MemberAsync("u9")).Classes);
        Assert.Equal(["c3"], (await app.Get<ClassStore>().OfSchoolAsync(Hill, CancellationToken.None)).Select(roll => roll.Class.Class.Value));
    }

    [Fact]
    public async Task Demo_Cast_IsTakenInWithoutARefusal()
    {
        var files = new Dictionary<string, MemoryStream>();
        var district = DemoDistrict.Create(new DemoOptions { Students = 400, Days = 30 });
        district.WriteTo(name => files[name] = new MemoryStream());
        await app.SendAsync(new MemoryStream(files[DemoFiles.Students].ToArray()), new FeedRequest(FeedContent.Roster, FileName: DemoFiles.Students));
        var report = await app.SendAsync(new MemoryStream(files[DemoFiles.Staff].ToArray()), new FeedRequest(FeedContent.Staff, FileName: DemoFiles.Staff));
        Assert.Equal(0, report.Refused);
        Assert.Empty(report.Warnings);
        Assert.Equal([Role.Administrator], (await MemberAsync(DemoStaff.SecondAdministrator)).Roles);
        Assert.Equal([Role.DataManager], (await MemberAsync(DemoStaff.DataManager)).Roles);
        var taught = (await app.Get<StaffStore>().ListAsync(CancellationToken.None)).SelectMany(member => member.Classes).ToHashSet();
        foreach (var school in district.Schools)
        {
            var rolls = await app.Get<ClassStore>().OfSchoolAsync(school.Id, CancellationToken.None);
            Assert.All(rolls, roll => Assert.Contains(roll.Class, taught));
            Assert.InRange(rolls.Max(roll => roll.Places.Count), 2, 28);
            Assert.Equal(school.SlotCount, rolls.Sum(roll => roll.Places.Count));
        }
    }

    private static MemoryStream Bundle(params string[] enrolments)
    {
        var zipped = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(zipped, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("manifest.csv", "propertyName,value\noneroster.version,1.1\nfile.users,bulk\nfile.enrollments,bulk\nfile.orgs,bulk\nfile.classes,bulk\n");
            Add("orgs.csv", "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nhill,,,Hill,school,,\n");
            Add("users.csv", "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName\np1,,,true,hill,student,a,Ann,Bell\np2,,,true,hill,student,b,Cy,Dow\n");
            Add("classes.csv", "sourcedId,status,dateLastModified,title,classType,schoolSourcedId,termSourcedIds\nc1,,,One,scheduled,hill,\nc2,,,Two,scheduled,hill,\nc3,,,Three,scheduled,hill,\n");
            Add("enrollments.csv", "sourcedId,status,dateLastModified,userSourcedId,classSourcedId,schoolSourcedId,role\n" + string.Join('\n', enrolments.Select((e, i) =>
            {
                var parts = e.Split(',');
                return $"e{i},,,{parts[0]},{parts[1]},{parts[2]},{parts[3]}";
            })) + "\n");

            void Add(string name, string text)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }
        zipped.Position = 0;
        return zipped;
    }
}
