using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Keyring;

/// <summary>The key ring as a file only its owner can read. Every call looks at the file, and reads it where it has changed.</summary>
/// <remarks>A change is made under a lock file, into a new file that replaces the old one whole, so that several processes may
/// make the first version, or the next, at once and none reads half of it.</remarks>
public sealed class FileKeyring : IKeyring
{
    private const string FileName = "keyring.json";
    private const int SecretBytes = 32;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private readonly string file;
    private readonly TimeProvider clock;

    /// <summary>What was read last, and of which file: a rotation by another process makes a longer one.</summary>
    private Reading? last;

    /// <summary>Opens the key ring, making its folder, for its owner only, if it is not there.</summary>
    public FileKeyring(string folder, TimeProvider clock)
    {
        this.folder = Path.GetFullPath(folder);
        this.clock = clock;
        file = Path.Combine(this.folder, FileName);
        OwnerOnly.CreateFolder(this.folder);
    }

    public async ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken) =>
        Read() is [var newest, ..] ? newest : await AddAsync(onlyFirst: true, cancellationToken).ConfigureAwait(false);

    public ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Read().FirstOrDefault(secret => secret.Version == version));

    public ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<KeyringSecret>>(Read());

    public ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken) => AddAsync(onlyFirst: false, cancellationToken);

    private async ValueTask<KeyringSecret> AddAsync(bool onlyFirst, CancellationToken cancellationToken)
    {
        using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        var secrets = Read();
        if (onlyFirst && secrets is [var made, ..]) return made;
        var next = secrets is [var newest, ..] ? Number(newest.Version) + 1 : 1;
        var added = new KeyringSecret(Name(next), RandomNumberGenerator.GetBytes(SecretBytes));
        Write([added, .. secrets]);
        return added;
    }

    /// <summary>Newest first.</summary>
    private KeyringSecret[] Read()
    {
        byte[] json;
        DateTime written;
        try
        {
            RefuseIfOthersMayRead();
            var info = new FileInfo(file);
            if (Volatile.Read(ref last) is { } known && info.Exists && known.Written == info.LastWriteTimeUtc && known.Length == info.Length) return known.Secrets;
            written = info.LastWriteTimeUtc;
            json = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        try
        {
            var stored = JsonSerializer.Deserialize(json, KeyringJson.Default.DictionaryStringByteArray);
            if (stored is not { Count: > 0 } || stored.Values.Any(bytes => bytes?.Length != SecretBytes)) throw new FormatException();
            var numbered = stored.Select(pair => (Number: Number(pair.Key), Secret: new KeyringSecret(pair.Key, pair.Value))).ToList();
            KeyringSecret[] secrets = [.. numbered.OrderByDescending(pair => pair.Number).Select(pair => pair.Secret)];
            Volatile.Write(ref last, new Reading(written, json.Length, secrets));
            return secrets;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // Without its cause: a parser's message may quote the secret.
            throw new InvalidDataException($"The key ring {file} is damaged. Restore it from a backup: without it no pupil can be found by number.");
        }
    }

    private void Write(KeyringSecret[] secrets)
    {
        var temporary = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            // A leftover would keep its own mode.
            File.Delete(temporary);
            options.UnixCreateMode = OwnerOnly.File;
        }
        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(
                stream, secrets.Reverse().ToDictionary(secret => secret.Version, secret => secret.Bytes.ToArray()), KeyringJson.Default.DictionaryStringByteArray);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
        Durable.SyncFolders(folder, folder);
    }

    private void RefuseIfOthersMayRead()
    {
        if (OperatingSystem.IsWindows()) return;
        if ((File.GetUnixFileMode(file) & ~(OwnerOnly.File | UnixFileMode.UserExecute)) != UnixFileMode.None)
            throw new UnauthorizedAccessException(
                $"The key ring {file} is open to others than its owner. Close it with chmod 600, and rotate it if others may have read it.");
    }

    /// <summary>Held until disposed; the system frees it when the process dies.</summary>
    private async ValueTask<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && clock.GetElapsedTime(started) < LockPatience)
            {
                await Task.Delay(LockPause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private sealed record Reading(DateTime Written, long Length, KeyringSecret[] Secrets);

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"v{number}");

    /// <exception cref="FormatException">Not the name of a version.</exception>
    private static int Number(string version) =>
        version is ['v', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException("Not a version of a key ring.");
}

[JsonSerializable(typeof(Dictionary<string, byte[]>))]
internal sealed partial class KeyringJson : JsonSerializerContext;
