using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Calendars;

public sealed class CalendarStoreTests : IDisposable
{
    private static readonly DistrictId District = DistrictId.Parse("d1");
    private static readonly SchoolId North = SchoolId.Parse("north");
    private static readonly SchoolId South = SchoolId.Parse("south");
    private static readonly SchoolYear Year = new(2026);

    private readonly TestStore store = new();
    private readonly CalendarStore calendars;

    public CalendarStoreTests() => calendars = new CalendarStore(store.Tables);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task ImportAsync_Twice_KeepsBothAndTheNewerStatement()
    {
        await calendars.ImportAsync(District, [Of(North, new(2025, 9, 1), true), Of(North, new(2025, 9, 2), true)], Token);
        await calendars.ImportAsync(District, [Of(North, new(2025, 9, 2), false)], Token);

        var held = await calendars.GetAsync(District, North, Year, Token);
        Assert.Equal([(1, true), (2, false)], held!.Days.Select(d => (d.Date.Day, d.IsInstructional)));
    }

    [Fact]
    public async Task ImportAsync_Repeat_ChangesNothing()
    {
        Assert.Single(await calendars.ImportAsync(District, [Of(North, new(2025, 9, 1), true)], Token));
        Assert.Empty(await calendars.ImportAsync(District, [Of(North, new(2025, 9, 1), true)], Token));
    }

    [Fact]
    public async Task GetManyAsync_DistrictAndOwn_AreLaidOverEachOther()
    {
        var session = new CalendarSession("Fall", new DateOnly(2025, 8, 25), new DateOnly(2025, 12, 19), 80);
        await calendars.ImportAsync(District, [Of(null, new(2025, 9, 1), false), Of(North, new(2025, 9, 2), true) with { Sessions = [session] }], Token);

        var many = await calendars.GetManyAsync(District, [North, South], Year, Token);

        Assert.Equal([1, 2], many[North].Days.Select(d => d.Date.Day));
        Assert.Equal([session], many[North].Sessions);
        Assert.Equal((South, 1), (many[South].School!.Value, many[South].Days.Count));
        foreach (var (school, calendar) in many)
            Assert.Equal(calendar.Days, (await calendars.GetAsync(District, school, Year, Token))!.Days);
        Assert.Null(await calendars.GetAsync(District, North, new SchoolYear(2025), Token));
    }

    [Fact]
    public async Task ImportAsync_ManyAtOnce_LosesNoDay()
    {
        await Task.WhenAll(Enumerable.Range(1, 8).Select(day =>
            Task.Run(async () => await calendars.ImportAsync(District, [Of(North, new DateOnly(2025, 9, day), true)], Token), Token)));

        Assert.Equal(8, (await calendars.GetAsync(District, North, Year, Token))!.Days.Count);
    }

    [Fact]
    public void Write_FullYearWithTheLongestReasons_FitsARow()
    {
        var import = new CalendarImport();
        var sink = import.Sink(_ => { });
        for (var date = Year.FirstDay; date <= Year.LastDay; date = date.AddDays(1))
            sink.Day(North, CalendarLines.Day(date, false, new string('休', 100)));
        for (var i = 0; i < 200; i++)
            sink.Session(North, CalendarLines.Session($"{i} {new string('期', 100)}", Year.FirstDay, Year.LastDay, 180).Session!);

        Assert.InRange(CalendarJson.Write(import.Calendars[0]).Length, 1, ITableStore.MaxBody);
        Assert.NotEmpty(import.Warnings);
    }

    private static SchoolCalendar Of(SchoolId? school, DateOnly date, bool isInstructional) =>
        SchoolCalendar.Empty(school, Year) with { Days = [new CalendarDay(date, isInstructional)] };
}
