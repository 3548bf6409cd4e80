using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using SchoolSignal.Functions.Tests.Web;

namespace SchoolSignal.Functions.Tests.Infrastructure;

/// <summary>The template's compiler, from its package.</summary>
internal static class Bicep
{
    public static string Folder => SourceFolder.Of("infra");

    /// <returns>What it wrote to standard output, and to standard error: nothing there is no error and no warning.</returns>
    public static async Task<(int Code, string Output, string Said)> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "The Bicep compiler is had for Linux on x64.");
        var program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Bicep").Value!;
        // A package keeps no file modes.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, said) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await said);
    }
}
