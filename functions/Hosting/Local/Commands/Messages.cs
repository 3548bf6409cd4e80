using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>How far a long piece of work is.</summary>
/// <param name="Of">Null where the end is not known.</param>
internal readonly record struct WorkDone(long Done, long? Of, string Unit);

/// <summary>What a person reads while a command runs, on stderr: sentences, and a progress bar where there is a terminal.
/// </summary>
internal sealed class Messages(TextWriter error)
{
    private readonly bool terminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;

    public void Say(string sentence) => error.WriteLine(sentence);

    /// <summary>Runs long work and shows how far it is; without a terminal, a line every five seconds.</summary>
    public async Task<T> WatchAsync<T>(string title, Func<IProgress<WorkDone>, Task<T>> work)
    {
        if (!terminal) return await work(new Lines(title, error));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(title)), title)));
    }

    private static string Describe(string title, WorkDone done) => done.Of is { } of
        ? string.Create(CultureInfo.InvariantCulture, $"{title}: {done.Done:N0} of {of:N0} {done.Unit}")
        : string.Create(CultureInfo.InvariantCulture, $"{title}: {done.Done:N0} {done.Unit}");

    private sealed class Bar(ProgressTask task, string title) : IProgress<WorkDone>
    {
        public void Report(WorkDone value)
        {
            task.Description = Markup.Escape(Describe(title, value));
            task.IsIndeterminate = value.Of is null;
            task.MaxValue = Math.Max(value.Of ?? 1, 1);
            task.Value = value.Of is null ? 0 : value.Done;
        }
    }

    private sealed class Lines(string title, TextWriter error) : IProgress<WorkDone>
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
        private readonly Lock gate = new();
        private long last = Stopwatch.GetTimestamp();

        public void Report(WorkDone value)
        {
            lock (gate)
            {
                if (Stopwatch.GetElapsedTime(last) < Every) return;
                last = Stopwatch.GetTimestamp();
                error.WriteLine(Describe(title, value));
            }
        }
    }
}
