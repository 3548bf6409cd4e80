using System.Collections.Concurrent;
using System.Security.Cryptography;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Signs tails and seals with a key derived from the keyring's secret: whoever can write the table but does not hold
/// the secret cannot make a chain anew.</summary>
public sealed class AuditKeys(IKeyring keyring)
{
    private readonly ConcurrentDictionary<string, byte[]> byVersion = new();

    /// <returns>The version of the key, and the HMAC-SHA256 in hex.</returns>
    public async ValueTask<(string Version, string Signature)> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var secret = await keyring.CurrentAsync(cancellationToken);
        return (secret.Version, Sign(KeyOf(secret), message.Span));
    }

    /// <summary>False as well if the version is not held: a signature nobody can check is none.</summary>
    public async ValueTask<bool> IsSignedAsync(ReadOnlyMemory<byte> message, string version, string signature, CancellationToken cancellationToken)
    {
        if (!byVersion.TryGetValue(version, out var key))
        {
            if (await keyring.FindAsync(version, cancellationToken) is not { } secret) return false;
            key = KeyOf(secret);
        }
        return Sign(key, message.Span) == signature;
    }

    private byte[] KeyOf(KeyringSecret secret) => byVersion.GetOrAdd(
        secret.Version, static (_, s) => HKDF.DeriveKey(HashAlgorithmName.SHA256, s.Bytes.ToArray(), 32, info: "schoolsignal audit"u8.ToArray()), secret);

    private static string Sign(byte[] key, ReadOnlySpan<byte> message) => Convert.ToHexStringLower(HMACSHA256.HashData(key, message));
}
