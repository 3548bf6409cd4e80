using System.Diagnostics;
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
    public async Task CommandLine_BesideARunningServe_WorksOnTheSameData()
    {
        using var stop = new CancellationTokenSource();
        using var error = new Watched();
        var running = SchoolSignalCommandLine.RunAsync(["serve", "--port", "0", "--data", folder["data"]], TextWriter.Null, error, stop.Token);
        await Harness.UntilAsync(() => error.Text.Contains("http://localhost:", StringComparison.Ordinal) || running.IsCompleted);
        using var client = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:" + Regex.Match(error.Text, @"http://localhost:(\d+)").Groups[1].Value) };

        // Each in a process of its own, while the server takes a feed in, too.
        await RunOtherAsync("import", "students", File("students.csv", "studentUniqueId,schoolId,grade,enrolDate\nada,s1,7,2025-09-01\nben,s1,7,2025-09-01\n"));
        var sent = client.PostAsync("/api/feeds?kind=register", new StringContent("date,schoolId,studentUniqueId,code\n2025-10-30,s1,ben,P\n"));
        await RunOtherAsync("import", "attendance", File("attendance.csv", SmallDistrict.Attendance()), "--profile", "us-daily", "--kind", "register", "--district-config", File("district.json", SmallDistrict.WithLegalBasis));
        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await sent).StatusCode);
        await RunOtherAsync("screen");
        // Whichever of the two works a message, both feeds are finished, and nothing failed on the way.
        await Harness.UntilAsync(() => Regex.Count(client.GetStringAsync("/api/feeds").Result, "\"state\":\"complete\"", RegexOptions.IgnoreCase) == 3);
        Assert.Equal("[]", await client.GetStringAsync("/api/failures"));
        Assert.Contains("\"ben\"", await client.GetStringAsync("/api/referrals"), StringComparison.Ordinal);

        await stop.CancelAsync();
        Assert.Equal(0, await running);
    }

    private string File(string name, string content)
    {
        System.IO.File.WriteAllText(folder[name], content);
        return folder[name];
    }

    private async Task RunOtherAsync(params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(SchoolSignalCommandLine).Assembly.GetName().Name + ".dll");
        using var other = Process.Start(new ProcessStartInfo("dotnet", [program, .. args, "--data", folder["data"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(
            other.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), other.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(other.ExitCode == 0, string.Join('\n', said));
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
