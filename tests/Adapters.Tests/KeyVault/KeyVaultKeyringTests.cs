using System.Text;
using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.KeyVault;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;
using SchoolSignal.Testing.KeyVault;

namespace SchoolSignal.Adapters.Tests.KeyVault;

public sealed class KeyVaultKeyringTests : KeyringContract, IAsyncLifetime
{
    private static readonly DistrictId North = DistrictId.Parse("north");

    private readonly TestStore store = new();
    private readonly FakeTimeProvider clock = new();
    private FakeKeyVault? vault;

    private FakeKeyVault Vault => vault!;

    public async ValueTask InitializeAsync() => vault = await FakeKeyVault.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Vault.DisposeAsync();
        store.Dispose();
    }

    protected override IKeyring Open()
    {
        var options = new KeyVaultOptions { Uri = Vault.Uri };
        var client = KeyVaultServices.Client(options, Vault.Credential, secrets => secrets.Transport = Vault.Transport);
        return new KeyVaultKeyring(client, store.Tables, North, options, clock);
    }

    [Fact]
    public async Task Current_AskedOften_AsksTheVaultOnce()
    {
        await Open().CurrentAsync(Token);
        var ring = Open();
        await ring.CurrentAsync(Token);
        var calls = Vault.Calls;
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await ring.CurrentAsync(Token);
            await ring.AllAsync(Token);
        }
        Assert.Equal(calls, Vault.Calls);
    }

    [Fact]
    public async Task Current_RotatedByAnother_IsNoticedInTimeForARekeying()
    {
        var ring = Open();
        await ring.CurrentAsync(Token);
        await ring.AllAsync(Token);
        Assert.Equal("v2", (await Open().RotateAsync(Token)).Version);
        Assert.Equal("v1", (await ring.CurrentAsync(Token)).Version);
        // Who meets something sealed under the new version need not wait.
        Assert.NotNull(await ring.FindAsync("v2", Token));
        var late = Open();
        await late.CurrentAsync(Token);
        clock.Advance(new KeyVaultOptions().Kept);
        Assert.Equal("v2", (await late.CurrentAsync(Token)).Version);
        Assert.True(new KeyVaultOptions().Kept * 2 <= DirectoryRekey.Settle);
    }

    [Fact]
    public async Task Current_ManyAtOnce_LeaveOneEnabledVersionAndNoSecretInTheTable()
    {
        var secrets = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () => await Open().CurrentAsync(Token), Token)));
        Assert.Equal(Vault.Versions - 1, Vault.Disabled.Count());
        var rows = await store.RowsAsync(TableName.District, PartitionKey.Of("north"), new RowKeyRange("", "~"));
        var body = Encoding.UTF8.GetString(Assert.Single(rows).Body.Span);
        Assert.Equal(32, body.Length);
        Assert.DoesNotContain(Convert.ToBase64String(secrets[0].Bytes.Span), body, StringComparison.Ordinal);
    }

    /// <summary>A backup is restored into an empty table: the vault still knows which version is which, and the table learns it with the next.</summary>
    [Fact]
    public async Task All_TableEmptyAgain_FindsTheVersionsByTheirLabels()
    {
        var ring = Open();
        var made = new List<KeyringSecret> { await ring.CurrentAsync(Token), await ring.RotateAsync(Token) };
        using var empty = new TestStore();
        KeyVaultKeyring Anew() => new(
            KeyVaultServices.Client(new KeyVaultOptions { Uri = Vault.Uri }, Vault.Credential, secrets => secrets.Transport = Vault.Transport),
            empty.Tables, North, new KeyVaultOptions { Uri = Vault.Uri }, clock);
        Assert.Equal(made[0].Bytes.ToArray(), (await Anew().FindAsync("v1", Token))!.Bytes.ToArray());
        Assert.Equal(made[1].Bytes.ToArray(), (await Anew().CurrentAsync(Token)).Bytes.ToArray());
        // Looking writes nothing: the rows come with the backup.
        Assert.Empty(await empty.RowsAsync(TableName.District, PartitionKey.Of("north"), new RowKeyRange("", "~")));
        Assert.Equal("v3", (await Anew().RotateAsync(Token)).Version);
        Assert.Equal(["v3", "v2", "v1"], (await Anew().AllAsync(Token)).Select(secret => secret.Version));
        Assert.Equal(3, (await empty.RowsAsync(TableName.District, PartitionKey.Of("north"), new RowKeyRange("", "~"))).Count);
    }

    [Theory]
    [InlineData("http://schoolsignal.vault.azure.net", "directory-secret", 1)]
    [InlineData("https://schoolsignal.vault.azure.net", "directory_secret", 1)]
    [InlineData("http://schoolsignal.vault.azure.net", "", 2)]
    public void Faults_OfWrongOptions_AreAllNamed(string uri, string name, int faults) =>
        Assert.Equal(faults, new KeyVaultOptions { Uri = new Uri(uri), SecretName = name }.Faults().Count);
}
