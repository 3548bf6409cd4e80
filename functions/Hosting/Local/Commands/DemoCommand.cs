using System.CommandLine;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>demo</c>: a made-up district, from feed to worklist, then served.</summary>
internal static class DemoCommand
{
    public const string DefaultData = "./.schoolsignal-demo";
    public const int DefaultStudents = 1200;
    public const int DefaultDays = 60;
    public const int DefaultSeed = 2026;

    public static Command Create(CommonOptions common)
    {
        var students = CommonOptions.Number("--students", $"How many pupils. Default: {DefaultStudents}", 1, 1_000_000);
        var days = CommonOptions.Number("--days", $"How many school days. Default: {DefaultDays}", 1, 190);
        var seed = CommonOptions.Number("--seed", $"The same seed gives the same district. Default: {DefaultSeed}", 0, int.MaxValue);
        var noServe = new Option<bool>("--no-serve") { Description = "Stop after the worklist." };
        var port = ServeCommand.PortOption();
        var command = new Command(
            "demo",
            "Make up a district, import its feeds, screen it, show the worklist with reasons, and serve it. "
            + $"Uses a data folder of its own (default {DefaultData}) and refuses one that is not a demo's.")
        {
            students, days, seed, noServe, port,
        };
        command.SetAction(CommandContext.Action(
            common,
            (context, _, _) => Task.FromResult(context.Refuse("The demo is not ready yet.")),
            DefaultData));
        return command;
    }
}
