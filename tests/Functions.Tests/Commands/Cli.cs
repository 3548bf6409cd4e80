using SchoolSignal.Functions.Hosting.Local.Commands;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Commands;

/// <summary>The command line in this process, on a data folder of its own.</summary>
public sealed class Cli : IDisposable
{
    private readonly TempFolder folder = new();

    public string Data => folder["data"];

    /// <summary>Writes a file beside the data folder.</summary>
    public string File(string name, string content)
    {
        System.IO.File.WriteAllText(folder[name], content);
        return folder[name];
    }

    public Task<Ended> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public async Task<Ended> RunAsync(CancellationToken stop, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await SchoolSignalCommandLine.RunAsync([.. args, "--data", Data], output, error, StoreSwitch.ConfigurationOf(Data), stop);
        return new Ended(code, output.ToString(), error.ToString());
    }

    public void Dispose() => folder.Dispose();
}

/// <summary>How a command ended and what it wrote.</summary>
public sealed record Ended(int Code, string Output, string Error);
