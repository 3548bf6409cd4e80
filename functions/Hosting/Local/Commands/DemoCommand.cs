using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.Feeds;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>demo</c>: a made-up district, from feed to worklist, then served. It lives on its last school day.</summary>
internal static class DemoCommand
{
    public const string DefaultData = "./.schoolsignal-demo";

    // Says that the folder is a demo's, and may be emptied.
    private const string Marker = "demo.txt";

    public static Command Create(CommonOptions common)
    {
        var students = CommonOptions.Number("--students", $"How many pupils. Default: {DemoOptions.DefaultStudents}", 1, DemoOptions.MaxStudents);
        var days = CommonOptions.Number("--days", $"How many school days. Default: {DemoOptions.DefaultDays}", 1, DemoOptions.MaxDays);
        var seed = CommonOptions.Number("--seed", $"The same seed gives the same district. Default: {DemoOptions.DefaultSeed}", 0, int.MaxValue);
        var noServe = new Option<bool>("--no-serve") { Description = "Stop after the worklist." };
        var port = ServeCommand.PortOption();
        var command = new Command(
            "demo",
            "Make up a district, import its feeds, screen it, show the worklist with reasons, and serve it. "
            + $"Uses a data folder of its own (default {DefaultData}) and refuses one that is not a demo's.")
        {
            students, days, seed, noServe, port,
        };
        DemoDistrict? made = null;
        command.SetAction(CommandContext.Action(
            common,
            (context, parsed, cancellationToken) => RunAsync(
                context, made!, parsed.GetValue(noServe) ? null : parsed.GetValue(port) ?? LocalOptions.DefaultPort, cancellationToken),
            new Opening(DefaultData)
            {
                SurvivesPowerCut = false,
                KeepsMailHere = true,
                Clock = parsed =>
                {
                    made = DemoDistrict.Create(new DemoOptions
                    {
                        Students = parsed.GetValue(students) ?? DemoOptions.DefaultStudents,
                        Days = parsed.GetValue(days) ?? DemoOptions.DefaultDays,
                        Seed = parsed.GetValue(seed) ?? DemoOptions.DefaultSeed,
                    });
                    // After the last bell, so that the day itself has been.
                    return new DemoClock(new DateTimeOffset(made.LastSchoolDay, new TimeOnly(17, 0), TimeSpan.Zero));
                },
            }));
        return command;
    }

    /// <param name="port">Null to stop after the worklist.</param>
    private static async Task<ExitCode> RunAsync(CommandContext context, DemoDistrict district, int? port, CancellationToken cancellationToken)
    {
        var folder = context.Options.DataFolder;
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(Path.Combine(folder, Marker)))
                return context.Refuse($"{folder} holds something else than a demo. Name another folder with --data.");
            Directory.Delete(folder, recursive: true);
        }
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Marker), "A demo's data: made up, nobody real. The next demo empties this folder.\n", cancellationToken);

        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        district.WriteTo(name => File.Create(Path.Combine(files, name)));
        if (await DistrictConfigOption.ApplyAsync(context, new FileInfo(Path.Combine(files, DemoFiles.DistrictConfig)), cancellationToken) is { } wrong)
            return context.Refuse(wrong);

        await ImportAsync(DemoFiles.Calendar, new FeedRequest(FeedContent.Calendar));
        await ImportAsync(DemoFiles.Students, new FeedRequest(FeedContent.Roster));
        await ImportAsync(DemoFiles.Staff, new FeedRequest(FeedContent.Staff));
        foreach (var feed in DemoFiles.Feeds(district))
            await ImportAsync(feed.FileName, new FeedRequest(FeedContent.Attendance, feed.Profile, feed.Kind, feed.Coverage));
        await ImportAsync(DemoFiles.Observations, new FeedRequest(FeedContent.Observations));

        var alerts = await new DemoAlerts(context, (DemoClock)context.Get<TimeProvider>()).ShowAsync(district, cancellationToken);
        await ScreenCommand.RunAsync(context, null, json: false, cancellationToken);
        await DemoTour.WriteAsync(context, district, alerts, cancellationToken);
        await context.Output.FlushAsync(cancellationToken);
        context.Messages.Say($"{await DemoReports.ReleaseAsync(context, cancellationToken)} reports released.");
        return port is { } at
            ? await ServeCommand.RunAsync(context, at, cancellationToken, services => services.AddSingleton(context.Get<TimeProvider>()))
            : ExitCode.Done;

        async Task ImportAsync(string name, FeedRequest request)
        {
            var report = await ImportRun.TakeInAsync(context, new FileInfo(Path.Combine(files, name)), request, cancellationToken);
            context.Messages.Say($"{name}: {report?.Status.Rows:N0} rows, {report?.Refused:N0} refused.");
        }
    }
}
