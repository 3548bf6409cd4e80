using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SchoolSignal.Benchmarks.Generation;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;

namespace SchoolSignal.Benchmarks.Import;

/// <summary>The embedded store as the Local host composes it, with a district's roster, calendar and 150 days of register.</summary>
internal static class LocalStore
{
    public static readonly DistrictId District = DistrictId.Parse("benchmark");
    private static readonly DateTimeOffset Today = new(ImportShape.Calendar[^1], new TimeOnly(17, 0), TimeSpan.Zero);

    /// <summary>The folder that every run starts from; built once and kept.</summary>
    public static async Task<string> EnsureAsync(string folder, ImportShape shape)
    {
        var path = Path.Combine(folder, $"schoolsignal-{shape.Pupils}");
        if (Directory.Exists(path)) return path;
        var partial = path + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        await using (var app = Open(partial))
        {
            await AddCalendarAsync(app);
            await EnrollAsync(app, shape);
            for (var school = 0; school < shape.Schools; school++) await AddHistoryAsync(app, SchoolId.Parse(ImportShape.SchoolId(school)));
        }
        Directory.Move(partial, path);
        return path;
    }

    /// <param name="configure">Registers more, or replaces.</param>
    public static ServiceProvider Open(string folder, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new DemoClock(Today));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        LocalServices.Add(services, new LocalOptions(folder, District));
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>A copy for one run, so that every run meets the same store.</summary>
    public static string Copy(string store)
    {
        var copy = store + ".run";
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        foreach (var file in Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(store, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        // The key ring takes no folder that others may read.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return copy;
    }

    private static async Task AddCalendarAsync(ServiceProvider app)
    {
        var import = new CalendarImport();
        var sink = import.Sink(_ => throw new InvalidOperationException("A generated day was refused."));
        foreach (var date in ImportShape.Calendar.Dates) sink.Day(null, new CalendarDay(date, true, ""));
        await app.GetRequiredService<CalendarStore>().ImportAsync(District, import.Calendars, CancellationToken.None);
    }

    private static async Task EnrollAsync(ServiceProvider app, ImportShape shape)
    {
        var statements = new List<EnrollmentStatement>(shape.Pupils);
        for (var pupil = 0; pupil < shape.Pupils; pupil++)
            statements.Add(new EnrollmentStatement(
                new StudentNaming(StudentUniqueId.Parse(ImportShape.StudentUniqueId(pupil))),
                new Enrollment(SchoolId.Parse(ImportShape.SchoolId(shape.SchoolOf(pupil))), ImportShape.RollFrom, null)));
        await app.GetRequiredService<Enrollments>().EnrollAsync(statements, EnrollmentMode.Roster, SchoolYear.DefaultFirstMonth, CancellationToken.None);
    }

    /// <summary>What 150 daily registers, taken in as one feed, leave behind: one mark in fourteen an illness.</summary>
    private static async Task AddHistoryAsync(ServiceProvider app, SchoolId school)
    {
        var year = SyntheticCalendar.Year;
        var roll = await app.GetRequiredService<SchoolRolls>().LoadAsync(school, year, CancellationToken.None);
        var sheet = new BatchSheet(roll, year, SessionScheme.WholeDay, ImportShape.Calendar, PeriodFold.Default, absencesOnly: true);
        var random = new SplitMix64((ulong)school.GetHashCode());
        var ill = new Mark(MarkCategory.Absent, MarkReason.Illness);
        for (var slot = 0; slot < roll.SlotCount; slot++)
            for (var day = 0; day < ImportShape.HistoryDays; day++)
                if (random.Below(14) == 0)
                    sheet.Add(slot, RowOf(roll, slot, ImportShape.Calendar[day].DayNumber - year.FirstDay.DayNumber, ill), Mark.Unknown);
        var covers = new Coverage(ImportShape.Calendar[0], ImportShape.Calendar[ImportShape.HistoryDays - 1]);
        sheet.Fill(covers, Mark.Present);

        var before = new DateTimeOffset(covers.To, new TimeOnly(17, 0), TimeSpan.Zero);
        var feed = new FeedStatus(FeedId.New(before), new FeedRequest(FeedContent.Attendance), before, 0, "") { StatedAt = before, Kind = FeedKind.Register };
        var partition = LedgerKeys.Partition(District, school, year);
        await app.GetRequiredService<SchoolRegistry>().AddAsync(school, year, CancellationToken.None);
        var header = SchoolYearHeader.Enter(null, SessionScheme.WholeDay, covers);
        var done = new RowChange.Insert(RowKey.Of("I", "history"), new byte[] { 1 });
        _ = await app.GetRequiredService<LedgerWriter>().WriteAsync(partition, feed, sheet, header, _ => done, CancellationToken.None)
            ?? throw new InvalidOperationException("Somebody else writes the history.");
    }

    private static BatchRow RowOf(SchoolRoll roll, int slot, int day, Mark mark) => new()
    {
        RowNumber = 0,
        DayOfYear = day,
        Session = SessionOfDay.WholeDay,
        Period = 0,
        Mark = mark,
        IsDelete = false,
        StudentUniqueId = roll.IdAt(slot),
        Section = default,
    };
}
