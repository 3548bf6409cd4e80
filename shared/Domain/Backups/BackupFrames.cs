using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Backups;

/// <summary>What a file of this format is, in clear: enough to know which keys open it.</summary>
/// <param name="Content">"backup" or "keys".</param>
/// <param name="KeyVersion">The version of the keyring it is encrypted under.</param>
/// <param name="Salt">Thirty-two random bytes: the key is this file's alone.</param>
internal sealed record BackupHeader(string Content, string District, DateTimeOffset At, string KeyVersion, byte[] Salt)
{
    public const string Backup = "backup";
    public const string Keys = "keys";
}

/// <summary>What a frame holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>JSON: the partition that the rows after it are of.</summary>
    Partition = (byte)'P',
    Rows = (byte)'R',
    /// <summary>A pupil's rows, inside encrypted once more under the pupil's own key.</summary>
    PupilRows = (byte)'S',
    /// <summary>JSON: the path of the file that follows.</summary>
    File = (byte)'F',
    Data = (byte)'D',
    /// <summary>Data, inside encrypted once more under the file's own key.</summary>
    SealedData = (byte)'d',
    /// <summary>JSON: the file's size and hash.</summary>
    FileEnd = (byte)'E',
    /// <summary>JSON, the last frame: how much there is in all.</summary>
    Manifest = (byte)'M',
}

/// <summary>How much a file holds.</summary>
/// <param name="Rows">By table, pupils' rows included.</param>
/// <param name="Sha256">Of every byte before the manifest's frame.</param>
internal sealed record BackupManifest(SortedDictionary<string, long> Rows, long Pupils, long Files, long Bytes, string Sha256);

internal sealed record PartitionFrame(string Table, string Key);

internal sealed record FileFrame(string Path);

internal sealed record FileEndFrame(long Bytes, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupHeader))]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(PartitionFrame))]
[JsonSerializable(typeof(FileFrame))]
[JsonSerializable(typeof(FileEndFrame))]
internal sealed partial class BackupJson : JsonSerializerContext;

/// <summary>Where a file is not as it was written.</summary>
internal sealed class BackupDamagedException(string where) : Exception(where);

/// <summary>Version 1: "SSBACKUP", the version (1 byte), the header's length (4) and JSON, then frames: kind (1), length (4), ciphertext,
/// tag (16). AES-256-GCM; the nonce is the frame's number, its associated data the header's hash, number and kind, so that no frame can be
/// changed, moved, left out or taken from another file unnoticed; an end cut off lacks the manifest.</summary>
internal static class BackupFrames
{
    public const byte Version = 1;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>Inclusive: no frame is longer.</summary>
    public const int MaxFrame = 4 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "SSBACKUP"u8;

    public static byte[] KeyOf(KeyringSecret secret, byte[] salt) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Bytes.ToArray(), 32, salt, Encoding.ASCII.GetBytes("schoolsignal backup"));

    public static byte[] WriteHeader(Stream to, BackupHeader header)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header, BackupJson.Default.BackupHeader);
        var bytes = new byte[Magic.Length + 1 + sizeof(int) + json.Length];
        Magic.CopyTo(bytes);
        bytes[Magic.Length] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Magic.Length + 1), json.Length);
        json.CopyTo(bytes, Magic.Length + 1 + sizeof(int));
        to.Write(bytes);
        return bytes;
    }

    /// <returns>Null if this is no such file, or one of a later version.</returns>
    public static (BackupHeader Header, byte[] Bytes)? ReadHeader(Stream from)
    {
        var start = new byte[Magic.Length + 1 + sizeof(int)];
        if (from.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan().StartsWith(Magic) || start[Magic.Length] != Version) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(Magic.Length + 1));
        if (length is <= 0 or > 64 * 1024) return null;
        var json = new byte[length];
        if (from.ReadAtLeast(json, length, throwOnEndOfStream: false) < length) return null;
        try
        {
            return JsonSerializer.Deserialize(json, BackupJson.Default.BackupHeader) is { Content: not null, District: not null, KeyVersion: not null, Salt: not null } header
                ? (header, [.. start, .. json])
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Encrypts under a key of a pupil's or file's own, with a random nonce before tag and ciphertext.</summary>
    public static byte[] SealInner(byte[] key, ReadOnlySpan<byte> plain, string place)
    {
        var body = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(body.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(body.AsSpan(0, NonceSize), plain, body.AsSpan(NonceSize + TagSize), body.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(place));
        return body;
    }

    /// <returns>Null if it was encrypted under another key: the one it was has been destroyed.</returns>
    public static byte[]? OpenInner(byte[] key, ReadOnlySpan<byte> body, string place)
    {
        var plain = new byte[body.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(body[..NonceSize], body[(NonceSize + TagSize)..], body.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    internal static void Fill(Span<byte> nonce, Span<byte> associated, ReadOnlySpan<byte> headerHash, long number, FrameKind kind)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce[4..], number);
        headerHash.CopyTo(associated);
        BinaryPrimitives.WriteInt64LittleEndian(associated[32..], number);
        associated[40] = (byte)kind;
    }

    internal const int AssociatedSize = 32 + sizeof(long) + 1;
}

/// <summary>Writes frames.</summary>
internal sealed class FrameWriter : IDisposable
{
    private readonly Stream to;
    private readonly AesGcm aes;
    private readonly byte[] headerHash;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long number;

    public FrameWriter(Stream to, BackupHeader header, byte[] key)
    {
        this.to = to;
        aes = new AesGcm(key, BackupFrames.TagSize);
        var bytes = BackupFrames.WriteHeader(to, header);
        headerHash = SHA256.HashData(bytes);
        hash.AppendData(bytes);
    }

    public void Write(FrameKind kind, ReadOnlySpan<byte> plain)
    {
        if (plain.Length > BackupFrames.MaxFrame) throw new ArgumentException("A frame is too long.", nameof(plain));
        Span<byte> nonce = stackalloc byte[BackupFrames.NonceSize];
        Span<byte> associated = stackalloc byte[BackupFrames.AssociatedSize];
        BackupFrames.Fill(nonce, associated, headerHash, number++, kind);
        var frame = new byte[1 + sizeof(int) + plain.Length + BackupFrames.TagSize];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), plain.Length);
        aes.Encrypt(nonce, plain, frame.AsSpan(5, plain.Length), frame.AsSpan(5 + plain.Length), associated);
        to.Write(frame);
        hash.AppendData(frame);
    }

    /// <summary>Writes the last frame.</summary>
    public void Complete(Func<string, BackupManifest> manifest) =>
        Write(FrameKind.Manifest, JsonSerializer.SerializeToUtf8Bytes(manifest(Convert.ToHexStringLower(hash.GetCurrentHash())), BackupJson.Default.BackupManifest));

    public void Dispose()
    {
        aes.Dispose();
        hash.Dispose();
    }
}

/// <summary>Reads frames, and knows where it is for whoever has to look.</summary>
internal sealed class FrameReader : IDisposable
{
    private readonly Stream from;
    private readonly AesGcm aes;
    private readonly byte[] headerHash;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long number;

    public FrameReader(Stream from, byte[] headerBytes, byte[] key)
    {
        this.from = from;
        aes = new AesGcm(key, BackupFrames.TagSize);
        headerHash = SHA256.HashData(headerBytes);
        hash.AppendData(headerBytes);
        Position = headerBytes.Length;
    }

    /// <summary>Of the frame that is read next.</summary>
    public long Position { get; private set; }

    /// <summary>Frames read so far.</summary>
    public long Number => number;

    /// <summary>What the frames now read are of, in words.</summary>
    public string Of { get; set; } = "the file's beginning";

    /// <exception cref="BackupDamagedException">The frame is not as it was written, or the file ends before its manifest.</exception>
    public (FrameKind Kind, byte[] Plain) Read()
    {
        Span<byte> head = stackalloc byte[5];
        if (from.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) throw Damage("ends");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[1..]);
        if (length is < 0 or > BackupFrames.MaxFrame) throw Damage("is changed");
        var body = new byte[length + BackupFrames.TagSize];
        if (from.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length) throw Damage("ends");
        Span<byte> nonce = stackalloc byte[BackupFrames.NonceSize];
        Span<byte> associated = stackalloc byte[BackupFrames.AssociatedSize];
        var kind = (FrameKind)head[0];
        BackupFrames.Fill(nonce, associated, headerHash, number, kind);
        var plain = new byte[length];
        try
        {
            aes.Decrypt(nonce, body.AsSpan(0, length), body.AsSpan(length), plain, associated);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damage("is changed");
        }
        if (kind == FrameKind.Manifest) Check(plain);
        hash.AppendData(head);
        hash.AppendData(body);
        number++;
        Position += head.Length + body.Length;
        return (kind, plain);
    }

    public void Dispose()
    {
        aes.Dispose();
        hash.Dispose();
    }

    private void Check(byte[] manifest)
    {
        if (JsonSerializer.Deserialize(manifest, BackupJson.Default.BackupManifest)?.Sha256 != Convert.ToHexStringLower(hash.GetCurrentHash())) throw Damage("is changed");
        if (from.ReadByte() >= 0) throw Damage("goes on after its end");
    }

    private BackupDamagedException Damage(string how) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The file {how} at byte {Position:N0} (frame {number:N0}), in {Of}."));
}

/// <summary>Rows and other pairs of text and bytes, packed one after the other.</summary>
internal static class PackedRows
{
    public static void Add(MemoryStream to, string key, ReadOnlySpan<byte> body)
    {
        Span<byte> size = stackalloc byte[sizeof(int)];
        var text = Encoding.UTF8.GetBytes(key);
        BinaryPrimitives.WriteInt32LittleEndian(size, text.Length);
        to.Write(size);
        to.Write(text);
        BinaryPrimitives.WriteInt32LittleEndian(size, body.Length);
        to.Write(size);
        to.Write(body);
    }

    public static IEnumerable<(string Key, ReadOnlyMemory<byte> Body)> Read(ReadOnlyMemory<byte> packed)
    {
        while (!packed.IsEmpty)
        {
            var key = Take(ref packed);
            yield return (Encoding.UTF8.GetString(key.Span), Take(ref packed));
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> packed)
    {
        var size = BinaryPrimitives.ReadInt32LittleEndian(packed.Span);
        var taken = packed.Slice(sizeof(int), size);
        packed = packed[(sizeof(int) + size)..];
        return taken;
    }
}
