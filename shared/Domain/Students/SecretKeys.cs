using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Students;

/// <summary>The keys derived from one version of the keyring's secret: one to hash StudentUniqueIds, one to seal what the
/// directory holds. HKDF-SHA256 keeps them independent.</summary>
public sealed class SecretKeys
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Bytes that sealing adds.</summary>
    public const int Overhead = NonceSize + TagSize;

    private readonly byte[] hashKey;
    private readonly byte[] sealKey;

    public SecretKeys(KeyringSecret secret)
    {
        Version = secret.Version;
        hashKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes.ToArray(), 32, info: "schoolsignal directory hash"u8.ToArray());
        sealKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes.ToArray(), 32, info: "schoolsignal directory seal"u8.ToArray());
    }

    public string Version { get; }

    /// <summary>HMAC-SHA256 of a district's StudentUniqueId, bound to the district so that two districts cannot be linked.</summary>
    public void Hash(string district, string studentUniqueId, Span<byte> hash32)
    {
        Span<byte> message = stackalloc byte[512];
        var size = Encoding.UTF8.GetBytes(district, message);
        message[size++] = 0;
        size += Encoding.UTF8.GetBytes(studentUniqueId, message[size..]);
        HMACSHA256.HashData(hashKey, message[..size], hash32);
    }

    /// <summary>AES-256-GCM under a random nonce: nonce, tag, ciphertext. <paramref name="place"/> binds it to its row.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place)
    {
        var body = new byte[Overhead + plain.Length];
        RandomNumberGenerator.Fill(body.AsSpan(0, NonceSize));
        using var aes = new AesGcm(sealKey, TagSize);
        aes.Encrypt(body.AsSpan(0, NonceSize), plain, body.AsSpan(Overhead), body.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(place));
        return body;
    }

    /// <exception cref="CryptographicException">Sealed under another key or for another place, or changed since.</exception>
    public void Unseal(ReadOnlySpan<byte> body, string place, Span<byte> plain)
    {
        using var aes = new AesGcm(sealKey, TagSize);
        aes.Decrypt(body[..NonceSize], body[Overhead..], body.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
    }
}
