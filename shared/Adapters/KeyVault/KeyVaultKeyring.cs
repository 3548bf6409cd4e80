using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Security.KeyVault.Secrets;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.KeyVault;

/// <summary>The key ring in Key Vault: one secret, whose versions are the key ring's. Which is v1, v2, ... stands in the district's
/// table (<c>keyring|0001</c> → the vault's version): the vault has no write that fails where somebody else was first, a row's insert
/// has. Nothing secret is in the table.</summary>
/// <remarks>A secret never changes and is fetched once. A version made by a writer who lost, or who crashed before its row was
/// written, is disabled or lies unused.</remarks>
public sealed class KeyVaultKeyring(SecretClient vault, ITableStore store, DistrictId district, KeyVaultOptions options, TimeProvider time) : IKeyring
{
    private const int SecretBytes = 32;
    private const string Rows = "keyring";

    private readonly ConcurrentDictionary<string, KeyringSecret> secrets = new();
    private Known? known;

    private PartitionKey Partition => PartitionKey.Of(district.Value);

    public async ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false) is [.., var newest])
                return await SecretAsync(newest, cancellationToken).ConfigureAwait(false);
            // The first is decided by whoever inserts its row.
            if (await AddAsync(1, cancellationToken).ConfigureAwait(false) is { } made) return made;
        }
    }

    public async ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(version, out var secret)) return secret;
        var found = (await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false)).FirstOrDefault(v => v.Name == version)
            ?? (await VersionsAsync(fresh: true, cancellationToken).ConfigureAwait(false)).FirstOrDefault(v => v.Name == version);
        return found is null ? null : await SecretAsync(found, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken)
    {
        var versions = await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        var all = new KeyringSecret[versions.Count];
        for (var i = 0; i < all.Length; i++) all[i] = await SecretAsync(versions[^(i + 1)], cancellationToken).ConfigureAwait(false);
        return all;
    }

    public async ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var versions = await VersionsAsync(fresh: true, cancellationToken).ConfigureAwait(false);
            if (await AddAsync(versions is [.., var newest] ? newest.Number + 1 : 1, cancellationToken).ConfigureAwait(false) is { } made) return made;
        }
    }

    /// <returns>Null if somebody else has made that version meanwhile.</returns>
    private async ValueTask<KeyringSecret?> AddAsync(int number, CancellationToken cancellationToken)
    {
        var bytes = RandomNumberGenerator.GetBytes(SecretBytes);
        KeyVaultSecret made = await vault.SetSecretAsync(new KeyVaultSecret(options.SecretName, Convert.ToBase64String(bytes)), cancellationToken).ConfigureAwait(false);
        var row = new RowChange.Insert(RowKey.Of(Rows, number.ToString("D4", CultureInfo.InvariantCulture)), Encoding.UTF8.GetBytes(made.Properties.Version));
        var isOurs = await store.CommitAsync(TableName.District, Partition, [row], cancellationToken).ConfigureAwait(false) is CommitResult.Committed;
        Volatile.Write(ref known, null);
        if (isOurs) return secrets[Name(number)] = new KeyringSecret(Name(number), bytes);
        made.Properties.Enabled = false;
        await vault.UpdateSecretPropertiesAsync(made.Properties, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Oldest first.</summary>
    private async ValueTask<IReadOnlyList<HeldVersion>> VersionsAsync(bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && Volatile.Read(ref known) is { } held && time.GetElapsedTime(held.ReadAt) < options.Kept) return held.Versions;
        var readAt = time.GetTimestamp();
        var versions = new List<HeldVersion>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows), cancellationToken).ConfigureAwait(false))
            versions.Add(new HeldVersion(int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture), Encoding.UTF8.GetString(row.Body.Span)));
        if (versions.Count > 0) Volatile.Write(ref known, new Known(versions, readAt));
        return versions;
    }

    private async ValueTask<KeyringSecret> SecretAsync(HeldVersion version, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(version.Name, out var known)) return known;
        KeyVaultSecret secret = await vault.GetSecretAsync(options.SecretName, version.VaultVersion, cancellationToken: cancellationToken).ConfigureAwait(false);
        var bytes = new byte[SecretBytes];
        // Without its value: it is the secret.
        if (!Convert.TryFromBase64String(secret.Value, bytes, out var size) || size != SecretBytes)
            throw new InvalidDataException("The vault's secret is not one that SchoolSignal made.");
        return secrets.GetOrAdd(version.Name, new KeyringSecret(version.Name, bytes));
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    private sealed record HeldVersion(int Number, string VaultVersion)
    {
        public string Name => KeyVaultKeyring.Name(Number);
    }

    private sealed record Known(IReadOnlyList<HeldVersion> Versions, long ReadAt);
}
