using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Keyring;

public sealed class FileKeyringTests : KeyringContract, IDisposable
{
    private readonly TempFolder folder = new();

    private string FilePath => Path.Combine(folder["keyring"], "keyring.json");

    public void Dispose() => folder.Dispose();

    protected override IKeyring Open() => new FileKeyring(folder["keyring"], TimeProvider.System);

    [Fact]
    public async Task Current_SeveralProcessesAtOnce_AgreeOnOneSecret()
    {
        var children = Enumerable.Range(0, 3).Select(_ => OtherProcess.Start(OtherProcess.Secret, folder["keyring"])).ToList();
        var secrets = new HashSet<string>();
        foreach (var child in children)
        {
            secrets.Add((await child.StandardOutput.ReadToEndAsync(Token)).Trim());
            await child.WaitForExitAsync(Token);
            child.Dispose();
        }
        Assert.Equal(OtherProcess.Text(await Open().CurrentAsync(Token)), Assert.Single(secrets));
    }

    [Fact]
    public async Task Files_OnUnix_AreTheirOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        await Open().CurrentAsync(Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["keyring"]));
        // A leftover of a crash, open to all, does not open the next file.
        await File.WriteAllTextAsync(FilePath + ".new", "", Token);
        File.SetUnixFileMode(FilePath + ".new", (UnixFileMode)0b110_110_110);
        await Open().RotateAsync(Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public async Task Read_FileOpenToOthers_IsRefusedWithTheRemedy(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        await Open().CurrentAsync(Token);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        var refusal = await Assert.ThrowsAsync<UnauthorizedAccessException>(async () => await Open().CurrentAsync(Token));
        Assert.Contains("chmod 600", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnauthorizedAccessException>(async () => await Open().RotateAsync(Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"v1":"c2hvcnQ="}""")]
    [InlineData("""{"v1":null}""")]
    [InlineData("""{"one":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}""")]
    public async Task Read_DamagedFile_IsRefusedAndNeverReplaced(string content)
    {
        await Open().CurrentAsync(Token);
        await File.WriteAllTextAsync(FilePath, content, Token);
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(async () => await Open().CurrentAsync(Token));
        Assert.DoesNotContain("AAAA", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Token));
    }
}
