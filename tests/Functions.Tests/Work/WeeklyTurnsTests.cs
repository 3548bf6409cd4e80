using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Tests.Work;

/// <summary>The weekly cap and opt-outs, from the files that come in to the worklist.</summary>
public sealed class WeeklyTurnsTests : IAsyncDisposable
{
    private static readonly DateOnly Friday = new(2026, 2, 13);
    private static readonly SchoolId North = SchoolId.Parse("North");

    /// <summary>Each absent day from the fifth is a point more; from twenty on it is the severe end.</summary>
    private const string Rules = """
        {
          "version": "days-1", "title": "Absent days",
          "levels": { "watch": { "points": 3 }, "raised": { "points": 5 }, "high": { "points": 15, "orSevereEndOf": "absence" } },
          "rules": [ {
            "id": "days", "family": "absence", "title": "Absent days", "source": "Made up.",
            "when": [ { "indicator": "absentDays", "atLeast": 5 } ], "points": 5, "evidence": "absentDays", "clearsWhen": "Never.",
            "steps": [ { "atLeast": 6, "points": 6 }, { "atLeast": 7, "points": 7 }, { "atLeast": 8, "points": 8 }, { "atLeast": 9, "points": 9 },
              { "atLeast": 20, "points": 15, "severe": true } ]
          } ]
        }
        """;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(Friday, new TimeOnly(12, 0), TimeSpan.Zero));
    private readonly LocalApp app;

    public WeeklyTurnsTests() => app = new LocalApp(Friday, clock);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Screening_CapOfTwo_GivesTurnsByPriorityAndNeverHoldsBackHigh()
    {
        await SetAsync(settings => settings with { Capacity = new DistrictCapacity(2, new Dictionary<SchoolId, int>()) });
        await SendAsync(Roster(), new FeedRequest(FeedContent.Roster));
        await SendAsync(Absences(5, 6, 7, 8, 9, 20), Attendance());

        var list = await app.Get<Worklist>().ReadAsync(North, CancellationToken.None);
        Assert.Equal([15m, 9m, 8m], list.Listed.Select(r => r.Priority));
        Assert.Equal([7m, 6m, 5m], list.Waiting.Select(r => r.Priority));

        // The same week again, asked for by the night: nobody's turn comes early.
        await NightAsync();
        Assert.Equal(3, (await app.Get<Worklist>().ReadAsync(North, CancellationToken.None)).Waiting.Count);

        clock.Advance(TimeSpan.FromDays(3));
        await NightAsync();
        list = await app.Get<Worklist>().ReadAsync(North, CancellationToken.None);
        Assert.Equal([15m, 9m, 8m, 7m, 6m], list.Listed.Select(r => r.Priority));
        Assert.Equal([5m], list.Waiting.Select(r => r.Priority));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OptOut_NamedBeforeThePupilIsKnown_HoldsWhenTheyCome(bool withoutRoster)
    {
        await SetAsync(settings => settings with { UnresolvedOptOuts = [StudentUniqueId.Parse("p5")] });
        if (!withoutRoster) await SendAsync(Roster(), new FeedRequest(FeedContent.Roster));
        await SendAsync(Absences(5, 6, 7, 8, 9, 20), Attendance() with { WithoutRoster = withoutRoster });

        var settings = (await app.Get<DistrictSettingsStore>().ReadAsync(CancellationToken.None)).Settings;
        Assert.Empty(settings.UnresolvedOptOuts);
        var student = Assert.Single(settings.OptOuts);
        var screening = await app.Get<ScreeningRuns>().ScreenSchoolAsync(
            North, Domain.Calendars.SchoolYear.Containing(Friday), Friday, save: false, CancellationToken.None);
        Assert.Equal(NotScreenedReason.OptedOut, screening.Results.Single(r => r.Student == student).NotScreenedBecause);
        Assert.DoesNotContain((await app.Get<Worklist>().ReadAsync(North, CancellationToken.None)).Listed, r => r.Student == student);
    }

    private static FeedRequest Attendance() => new(
        FeedContent.Attendance, "england-2024", FeedKind.Exceptions, new Coverage(Friday.AddDays(-39), Friday), ["North"]);

    /// <summary>Thirty pupils, so that the absences of a few make no day an exceptional one.</summary>
    private static string Roster() => Enumerable.Range(0, 30).Aggregate(
        new StringBuilder("studentUniqueId,schoolId,enrolDate\n"), (text, i) => text.Append(CultureInfo.InvariantCulture, $"p{i},North,2025-09-01\n")).ToString();

    /// <summary>Pupil pi was absent on so many of the thirty weekdays, spread out.</summary>
    private static string Absences(params int[] days)
    {
        var weekdays = Enumerable.Range(-39, 40).Select(Friday.AddDays).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        var text = new StringBuilder("date,schoolId,studentUniqueId,session,code\n");
        for (var pupil = 0; pupil < days.Length; pupil++)
            for (var i = 0; i < days[pupil]; i++)
                foreach (var session in new[] { "AM", "PM" })
                    text.Append(CultureInfo.InvariantCulture, $"{weekdays[((i * 3) + (i / 10) + pupil) % 30]:yyyy-MM-dd},North,p{pupil},{session},O\n");
        return text.ToString();
    }

    private async Task SetAsync(Func<DistrictSettings, DistrictSettings> change)
    {
        var loaded = Assert.IsType<RuleSetLoad.Loaded>(RuleSetReader.Read("days.json", Encoding.UTF8.GetBytes(Rules)));
        Assert.True(await app.Get<RuleSets>().AddAsync(loaded.RuleSet, Rules, CancellationToken.None));
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(change(settings with
            {
                LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "Made up."),
                Thresholds = settings.Thresholds with { RuleSet = "days-1" },
            })),
            CancellationToken.None);
    }

    private async Task SendAsync(string content, FeedRequest request)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        var taken = await app.Get<FeedIntake>().ReceiveAsync(stream, request, long.MaxValue, null, CancellationToken.None);
        await app.WorkAsync(clock);
        var report = (await app.Get<FeedStore>().ReportAsync(Assert.IsType<IntakeResult.Accepted>(taken).Status.Id, CancellationToken.None))!;
        Assert.Equal((FeedState.Complete, 0L), (report.Status.State, report.Refused));
    }

    private async Task NightAsync()
    {
        await app.Get<NightlySweep>().AskAsync(CancellationToken.None);
        await app.WorkAsync(clock);
    }
}
