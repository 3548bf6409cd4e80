using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Observations;

public sealed class ObservationStoreTests : IDisposable
{
    private static readonly DistrictId Valley = DistrictId.Parse("valley");
    private static readonly SchoolId Oakfield = SchoolId.Parse("oakfield");
    private static readonly DateOnly Monday = new(2026, 3, 2);

    private readonly TestStore store = new();
    private readonly ObservationStore observations;

    public ObservationStoreTests() =>
        observations = new ObservationStore(store.Tables, new Outbox(store.Tables, store.Queue), Valley, new PupilPartitions(Valley, 4));

    public void Dispose() => store.Dispose();

    private static Observation Form(StudentKey student, DateOnly date, byte? first = 3, string observer = "t-17", string? key = null, SchoolId? school = null)
    {
        var items = new byte?[] { first, null, 0, 4, null, null, null, null, null, null, null, null, 2 };
        var at = school ?? Oakfield;
        return new Observation(ObservationIds.Of(student, at, date, observer, items, key), student, at, date, observer, items);
    }

    [Fact]
    public async Task Save_Form_ComesBackAndAsksForThePupilsScreening()
    {
        var student = StudentKey.New();
        var form = Form(student, Monday);
        Assert.Equal(ObservationSaved.Stored, await observations.SaveAsync(form, "quiet", CancellationToken.None));

        var (forms, _) = await observations.ReadPupilAsync(student, CancellationToken.None);
        var stored = Assert.Single(forms);
        Assert.Equal("quiet", stored.Note);
        Assert.Equal(form with { Items = stored.Observation.Items }, stored.Observation);
        Assert.Equal(form.Items, stored.Observation.Items);

        var message = Assert.Single(await store.Queue.ReceiveAsync(QueueName.Screenings, 10, TimeSpan.FromMinutes(1), CancellationToken.None));
        var envelope = Envelope.Parse(message.Body);
        Assert.Equal(
            ("pupil", "valley", student.ToString(), "oakfield", "2026-03-02"),
            (envelope.Kind, envelope["district"], envelope["student"], envelope["school"], envelope["date"]));
    }

    [Fact]
    public async Task Save_SameFormTwice_IsOneFormAndOneMessage()
    {
        var student = StudentKey.New();
        await observations.SaveAsync(Form(student, Monday), null, CancellationToken.None);
        Assert.Equal(ObservationSaved.AlreadyStored, await observations.SaveAsync(Form(student, Monday), null, CancellationToken.None));
        Assert.Equal(ObservationSaved.Stored, await observations.SaveAsync(Form(student, Monday, observer: "t-18"), null, CancellationToken.None));
        Assert.Equal(2, store.Queue.Count(QueueName.Screenings).Active);
    }

    [Fact]
    public async Task Save_SendersKeyWithOtherContent_LeavesTheFirst()
    {
        var student = StudentKey.New();
        await observations.SaveAsync(Form(student, Monday, 3, key: "k1"), null, CancellationToken.None);
        Assert.Equal(ObservationSaved.AlreadyStored, await observations.SaveAsync(Form(student, Monday, 3, key: "k1"), null, CancellationToken.None));
        Assert.Equal(ObservationSaved.KeyUsedBefore, await observations.SaveAsync(Form(student, Monday, 4, key: "k1"), null, CancellationToken.None));
        var (forms, _) = await observations.ReadPupilAsync(student, CancellationToken.None);
        Assert.Equal((byte?)3, Assert.Single(forms).Observation.Item(1));
    }

    [Fact]
    public async Task ReadSchool_ManyPupils_GivesEachItsFormsOfTheDaysInOrder()
    {
        var students = Enumerable.Range(0, 20).Select(_ => StudentKey.New()).ToList();
        foreach (var student in students)
            foreach (var days in new[] { 5, 0, 9, 10, -1 })
                await observations.SaveAsync(Form(student, Monday.AddDays(days)), null, CancellationToken.None);
        await observations.SaveAsync(Form(students[0], Monday, school: SchoolId.Parse("oakfield-2")), null, CancellationToken.None);

        var school = await observations.ReadSchoolAsync(Oakfield, Monday, Monday.AddDays(9), CancellationToken.None);
        Assert.Equal(students.Order(), school.Keys.Order());
        Assert.All(school.Values, forms => Assert.Equal([Monday, Monday.AddDays(5), Monday.AddDays(9)], forms.Select(f => f.Date)));
        var pupil = await observations.ReadPupilAsync(students[0], [Oakfield, SchoolId.Parse("oakfield-2")], Monday, Monday, CancellationToken.None);
        Assert.Equal(2, pupil.Count);
    }

    [Fact]
    public async Task SaveConcern_Twice_IsOneConcernAndNoScreening()
    {
        var student = StudentKey.New();
        var concern = new SafeguardingConcern(
            ObservationIds.OfConcern(student, Monday, "t-17", "said so", null), student, null, Monday, "t-17", "said so", new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        Assert.Equal(ObservationSaved.Stored, await observations.SaveConcernAsync(concern, [], CancellationToken.None));
        Assert.Equal(ObservationSaved.AlreadyStored, await observations.SaveConcernAsync(concern with { ReceivedAt = concern.ReceivedAt.AddHours(1) }, [], CancellationToken.None));
        var (forms, concerns) = await observations.ReadPupilAsync(student, CancellationToken.None);
        Assert.Empty(forms);
        Assert.Equal([concern], concerns);
        Assert.Equal(0, store.Queue.Count(QueueName.Screenings).Active);
    }
}
