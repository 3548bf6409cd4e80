namespace SchoolSignal.Functions.Tests.Commands;

public sealed class KeyringCommandTests : IDisposable
{
    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    /// <summary>A rotation stays for minutes, so that every process notices; stopped, the next one goes on with the same version.</summary>
    [Fact]
    public async Task Rotate_StoppedAndRunAgain_MakesOneVersion()
    {
        for (var run = 0; run < 2; run++)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(run == 0 ? 4 : 2));
            var ended = await cli.RunAsync(stop.Token, "keyring", "rotate");
            Assert.Equal("Stopped.", ended.Error.Trim());
            Assert.Equal("", ended.Output);
        }
        var ring = await File.ReadAllTextAsync(Path.Combine(cli.Data, "keyring.json"), TestContext.Current.CancellationToken);
        Assert.Contains("v2", ring, StringComparison.Ordinal);
        Assert.DoesNotContain("v3", ring, StringComparison.Ordinal);
        // Both runs stand in the audit, signed before and after.
        var audit = await cli.RunAsync("audit", "verify");
        Assert.Equal(0, audit.Code);
        Assert.StartsWith("2 entries", audit.Output, StringComparison.Ordinal);
    }
}
