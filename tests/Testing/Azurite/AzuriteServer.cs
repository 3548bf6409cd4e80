using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using SchoolSignal.Adapters;

namespace SchoolSignal.Testing.Azurite;

/// <summary>The storage emulator as a process of its own, on free ports of this machine, its data in memory. Installed by npm
/// into a folder of the user's on first use, in the versions of package-lock.json.</summary>
/// <remarks>It ends with the process that started it, however that one ends: its standard input closes.</remarks>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Version = "3.37.0";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // The published account of every emulator; it opens nothing else.
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string Program = """
        process.stdin.resume().on('end', () => process.exit(0));
        process.argv.splice(1, 0, 'azurite');
        require(process.argv[2]);
        """;

    private readonly Process process;

    private AzuriteServer(Process process, int blobPort, int tablePort)
    {
        this.process = process;
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};"
            + $"BlobEndpoint=http://127.0.0.1:{blobPort}/{Account};TableEndpoint=http://127.0.0.1:{tablePort}/{Account};";
    }

    public string ConnectionString { get; }

    /// <summary>An app's own tables and container in it.</summary>
    public StorageOptions NewAccount()
    {
        var name = Guid.NewGuid().ToString("N")[..12];
        return new StorageOptions { ConnectionString = ConnectionString, TablePrefix = $"t{name}", Container = $"c{name}", Create = true };
    }

    /// <summary>Null if there is no Node.js on the path.</summary>
    /// <exception cref="InvalidOperationException">It could not be installed or does not start.</exception>
    public static async Task<AzuriteServer?> StartAsync(CancellationToken cancellationToken)
    {
        if (!await HasNodeAsync(cancellationToken)) return null;
        var module = Path.Combine(await InstallAsync(cancellationToken), "node_modules", "azurite", "dist", "src", "azurite.js");
        var process = Start(
            "node",
            [
                "-e", Program, "--", module, "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry",
                "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
                "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
            ],
            AppContext.BaseDirectory);
        var ports = new Dictionary<string, int>();
        while (ports.Count < 3 && await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            if (Listening().Match(line) is { Success: true } match) ports[match.Groups[1].Value] = int.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        if (ports.Count < 3) throw new InvalidOperationException("Azurite did not start: " + await process.StandardError.ReadToEndAsync(cancellationToken));
        // Both pipes are emptied for as long as it runs.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new AzuriteServer(process, ports["Blob"], ports["Table"]);
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<bool> HasNodeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var node = Start("node", ["--version"], AppContext.BaseDirectory);
            await node.WaitForExitAsync(cancellationToken);
            return node.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>The folder it is installed in. Several test programs may come at once: one installs, the others wait.</summary>
    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "schoolsignal-tests");
        var folder = Path.Combine(cache, $"azurite-{Version}");
        Directory.CreateDirectory(cache);
        await using var held = await LockAsync(folder + ".lock", cancellationToken);
        if (Directory.Exists(folder)) return folder;
        var making = Directory.CreateDirectory(folder + ".new").FullName;
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Azurite", file), Path.Combine(making, file), overwrite: true);
        var (npm, first) = OperatingSystem.IsWindows() ? ("cmd", new[] { "/c", "npm" }) : ("npm", Array.Empty<string>());
        using var install = Start(npm, [.. first, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], making);
        var (output, error) = (install.StandardOutput.ReadToEndAsync(cancellationToken), install.StandardError.ReadToEndAsync(cancellationToken));
        await install.WaitForExitAsync(cancellationToken);
        if (install.ExitCode != 0) throw new InvalidOperationException($"Azurite could not be installed by npm: {await error}{await output}");
        Directory.Move(making, folder);
        return folder;
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
            }
        }
    }

    private static Process Start(string program, string[] arguments, string folder) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [GeneratedRegex(@"^Azurite (Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
