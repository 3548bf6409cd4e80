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
/// has. Nothing secret is in the table. The vault's version is labelled with its number as well, by which an empty table, into which a
/// backup is restored, finds its key ring again.</summary>
/// <remarks>A secret never changes and is fetched once. A version made by a writer who lost, or who crashed before its row was
/// written, is disabled or lies unused, without a label.</remarks>
public sealed class KeyVaultKeyring(SecretClient vault, ITableStore store, DistrictId district, KeyVaultOptions options, TimeProvider time) : IKeyring
{
    private const int SecretBytes = 32;
    private const string Rows = "keyring";
    private const string Label = "keyring-version";

    private readonly ConcurrentDictionary<string, KeyringSecret> secrets = new();
    private Known? known;

    private PartitionKey Partition => PartitionKey.Of(district.Value);

    public async ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false);
            if (held.Versions is [.., var newest]) return await SecretAsync(newest, cancellationToken).ConfigureAwait(false);
            // The first is decided by whoever inserts its row.
            if (await AddAsync(held, cancellationToken).ConfigureAwait(false) is { } made) return made;
        }
    }

    public async ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(version, out var secret)) return secret;
        var found = (await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false)).Find(version)
            ?? (await VersionsAsync(fresh: true, cancellationToken).ConfigureAwait(false)).Find(version);
        return found is null ? null : await SecretAsync(found, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken)
    {
        var versions = (await VersionsAsync(fresh: false, cancellationToken).ConfigureAwait(false)).Versions;
        var all = new KeyringSecret[versions.Count];
        for (var i = 0; i < all.Length; i++) all[i] = await SecretAsync(versions[^(i + 1)], cancellationToken).ConfigureAwait(false);
        return all;
    }

    public async ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = await VersionsAsync(fresh: true, cancellationToken).ConfigureAwait(false);
            if (await AddAsync(held, cancellationToken).ConfigureAwait(false) is { } made) return made;
        }
    }

    /// <returns>Null if somebody else has made the next version meanwhile.</returns>
    private async ValueTask<KeyringSecret?> AddAsync(Known held, CancellationToken cancellationToken)
    {
        var number = held.Versions is [.., var newest] ? newest.Number + 1 : 1;
        var bytes = RandomNumberGenerator.GetBytes(SecretBytes);
        KeyVaultSecret made = await vault.SetSecretAsync(new KeyVaultSecret(options.SecretName, Convert.ToBase64String(bytes)), cancellationToken).ConfigureAwait(false);
        IEnumerable<HeldVersion> rows = [.. held.InTable ? [] : held.Versions, new HeldVersion(number, made.Properties.Version)];
        var isOurs = await store.CommitAsync(TableName.District, Partition, [.. rows.Select(Row)], cancellationToken).ConfigureAwait(false) is CommitResult.Committed;
        Volatile.Write(ref known, null);
        if (isOurs) await LabelAsync(made.Properties, Name(number), cancellationToken).ConfigureAwait(false);
        else await DisableAsync(made.Properties, cancellationToken).ConfigureAwait(false);
        return isOurs ? secrets[Name(number)] = new KeyringSecret(Name(number), bytes) : null;
    }

    private async ValueTask LabelAsync(SecretProperties secret, string version, CancellationToken cancellationToken)
    {
        secret.Tags[Label] = version;
        await vault.UpdateSecretPropertiesAsync(secret, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask DisableAsync(SecretProperties secret, CancellationToken cancellationToken)
    {
        secret.Enabled = false;
        await vault.UpdateSecretPropertiesAsync(secret, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Known> VersionsAsync(bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && Volatile.Read(ref known) is { } held && time.GetElapsedTime(held.ReadAt) < options.Kept) return held;
        var readAt = time.GetTimestamp();
        var versions = new List<HeldVersion>();
        await foreach (var row in store.QueryAsync(TableName.District, Partition, RowKeyRange.Under(Rows), cancellationToken).ConfigureAwait(false))
            versions.Add(new HeldVersion(int.Parse(row.Key.Parts()[1], CultureInfo.InvariantCulture), Encoding.UTF8.GetString(row.Body.Span)));
        var found = versions.Count > 0
            ? new Known(versions, InTable: true, readAt)
            : new Known(await LabelledAsync(cancellationToken).ConfigureAwait(false), InTable: false, readAt);
        if (found.Versions.Count > 0) Volatile.Write(ref known, found);
        return found;
    }

    /// <summary>What the vault itself knows, for a table that knows nothing.</summary>
    private async ValueTask<List<HeldVersion>> LabelledAsync(CancellationToken cancellationToken)
    {
        var versions = new List<HeldVersion>();
        await foreach (var secret in vault.GetPropertiesOfSecretVersionsAsync(options.SecretName, cancellationToken).ConfigureAwait(false))
        {
            if (secret.Enabled == true && secret.Tags.TryGetValue(Label, out var label)
                && label is ['v', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                versions.Add(new HeldVersion(number, secret.Version));
        }
        return [.. versions.OrderBy(version => version.Number)];
    }

    private async ValueTask<KeyringSecret> SecretAsync(HeldVersion version, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(version.Name, out var known)) return known;
        KeyVaultSecret secret = await vault.GetSecretAsync(options.SecretName, version.VaultVersion, cancellationToken: cancellationToken).ConfigureAwait(false);
        var bytes = new byte[SecretBytes];
        // Without its value: it is the secret.
        if (!Convert.TryFromBase64String(secret.Value, bytes, out var size) || size != SecretBytes)
            throw new InvalidDataException("The vault's secret is not one that SchoolSignal made.");
        // A crash came between its row and its label.
        if (!secret.Properties.Tags.ContainsKey(Label)) await LabelAsync(secret.Properties, version.Name, cancellationToken).ConfigureAwait(false);
        return secrets.GetOrAdd(version.Name, new KeyringSecret(version.Name, bytes));
    }

    private static RowChange Row(HeldVersion version) => new RowChange.Insert(
        RowKey.Of(Rows, version.Number.ToString("D4", CultureInfo.InvariantCulture)), Encoding.UTF8.GetBytes(version.VaultVersion));

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    private sealed record HeldVersion(int Number, string VaultVersion)
    {
        public string Name => KeyVaultKeyring.Name(Number);
    }

    /// <param name="Versions">Oldest first.</param>
    private sealed record Known(IReadOnlyList<HeldVersion> Versions, bool InTable, long ReadAt)
    {
        public HeldVersion? Find(string name) => Versions.FirstOrDefault(version => version.Name == name);
    }
}
