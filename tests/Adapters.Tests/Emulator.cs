using SchoolSignal.Testing.Azurite;

[assembly: AssemblyFixture(typeof(SharedAzurite))]

namespace SchoolSignal.Adapters.Tests;

/// <summary>The emulator as the tests of this program share it.</summary>
internal static class Emulator
{
    /// <summary>An account of the test's own; skips the test without Node.js, and says so.</summary>
    public static async Task<StorageOptions> NewAccountAsync()
    {
        var shared = await TestContext.Current.GetFixture<SharedAzurite>() ?? throw new InvalidOperationException("The emulator is no fixture of this run.");
        var server = await shared.FindAsync();
        Assert.SkipWhen(server is null, SharedAzurite.WhySkipped);
        return server!.NewAccount();
    }
}
