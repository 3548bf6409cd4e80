using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.Contracts;

/// <summary>What every <see cref="IKeyring"/> promises; each test begins with one that holds nothing.</summary>
public abstract class KeyringContract
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The same key ring, opened anew.</summary>
    protected abstract IKeyring Open();

    [Fact]
    public async Task Current_FirstUse_MakesASecretThatStays()
    {
        var made = await Open().CurrentAsync(Token);
        Assert.Equal("v1", made.Version);
        Assert.Equal(32, made.Bytes.Length);
        Assert.Equal(made.Bytes.ToArray(), (await Open().CurrentAsync(Token)).Bytes.ToArray());
    }

    [Fact]
    public async Task All_NothingMade_IsEmptyAndMakesNothing()
    {
        Assert.Empty(await Open().AllAsync(Token));
        Assert.Null(await Open().FindAsync("v1", Token));
        Assert.Empty(await Open().AllAsync(Token));
    }

    [Fact]
    public async Task Rotate_NewVersion_IsCurrentAndOldOnesStayReadable()
    {
        var ring = Open();
        var versions = new List<KeyringSecret> { await ring.CurrentAsync(Token) };
        for (var i = 2; i <= 11; i++)
        {
            var next = await ring.RotateAsync(Token);
            Assert.Equal($"v{i}", next.Version);
            Assert.Equal(next.Bytes.ToArray(), (await Open().CurrentAsync(Token)).Bytes.ToArray());
            versions.Add(next);
        }
        Assert.Equal(11, versions.Select(secret => Convert.ToHexString(secret.Bytes.Span)).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 11).Reverse().Select(i => $"v{i}"), (await Open().AllAsync(Token)).Select(secret => secret.Version));
        foreach (var secret in versions)
            Assert.Equal(secret.Bytes.ToArray(), (await Open().FindAsync(secret.Version, Token))!.Bytes.ToArray());
        Assert.Null(await Open().FindAsync("v12", Token));
        Assert.Null(await Open().FindAsync("V1", Token));
    }

    [Fact]
    public async Task Rotate_NothingMade_MakesTheFirst() => Assert.Equal("v1", (await Open().RotateAsync(Token)).Version);

    [Fact]
    public async Task Current_ManyAtOnce_AgreeOnOneSecret()
    {
        var secrets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Open().CurrentAsync(Token), Token)));
        Assert.Single(secrets.Select(secret => Convert.ToHexString(secret.Bytes.Span)).Distinct());
    }

    [Fact]
    public async Task Rotate_ManyAtOnce_LoseNoVersion()
    {
        var secrets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Open().RotateAsync(Token), Token)));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"v{i}"), secrets.Select(secret => secret.Version).Order(StringComparer.Ordinal));
        Assert.Equal(8, (await Open().AllAsync(Token)).Count);
    }
}
