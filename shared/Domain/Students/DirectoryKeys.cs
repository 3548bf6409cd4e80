using System.Collections.Concurrent;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>The derived keys of every version of the keyring, kept for the life of the process.</summary>
public sealed class DirectoryKeys(IKeyring keyring)
{
    private readonly ConcurrentDictionary<string, SecretKeys> byVersion = new();

    public async ValueTask<SecretKeys> CurrentAsync(CancellationToken cancellationToken)
    {
        var secret = await keyring.CurrentAsync(cancellationToken);
        return byVersion.GetOrAdd(secret.Version, static (_, s) => new SecretKeys(s), secret);
    }

    /// <exception cref="InvalidOperationException">The version is retired: what was sealed under it cannot be read.</exception>
    public async ValueTask<SecretKeys> OfAsync(string version, CancellationToken cancellationToken)
    {
        if (byVersion.TryGetValue(version, out var keys)) return keys;
        var secret = await keyring.FindAsync(version, cancellationToken)
            ?? throw new InvalidOperationException($"The keyring no longer holds version {version}.");
        return byVersion.GetOrAdd(version, static (_, s) => new SecretKeys(s), secret);
    }

    /// <summary>Newest first.</summary>
    public async ValueTask<IReadOnlyList<SecretKeys>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await keyring.AllAsync(cancellationToken)).Select(s => byVersion.GetOrAdd(s.Version, static (_, secret) => new SecretKeys(secret), s))];
}
