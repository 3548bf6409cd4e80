using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SchoolSignal.Functions.Hosting.Local.Commands;
using SchoolSignal.Functions.Tests.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("serve")]
    [InlineData("")]
    public async Task Serve_UntilStopped_AnswersAndExits0(string command)
    {
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new Watched();
        string[] args = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--port", "0", "--data", folder["data"]];
        var running = SchoolSignalCommandLine.RunAsync(args, output, error, stop.Token);
        await Harness.UntilAsync(() => error.Text.Contains("http://localhost:", StringComparison.Ordinal) || running.IsCompleted);
        var port = Regex.Match(error.Text, @"http://localhost:(\d+)").Groups[1].Value;
        using var client = new HttpClient();
        Assert.Contains("ok", await client.GetStringAsync($"http://127.0.0.1:{port}/api/health"), StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task Serve_PortTaken_Exits3AndSaysSo()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        using var error = new StringWriter();
        var code = await SchoolSignalCommandLine.RunAsync(
            ["serve", "--port", $"{port}", "--data", folder["data"]], TextWriter.Null, error);
        Assert.Equal(3, code);
        Assert.Contains("--port", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A writer that one thread reads while another writes.</summary>
    private sealed class Watched : TextWriter
    {
        private readonly StringBuilder text = new();
        private readonly Lock gate = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (gate) return text.ToString();
            }
        }

        public override void Write(char value)
        {
            lock (gate) text.Append(value);
        }
    }
}
