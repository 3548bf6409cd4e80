namespace SchoolSignal.Domain.Ports;

/// <summary>A secret of 32 random bytes and its version ("v1", "v2", ...).</summary>
public sealed record KeyringSecret(string Version, ReadOnlyMemory<byte> Bytes);

/// <summary>The secret that keys the directory's HMAC and seals its names, versioned.</summary>
public interface IKeyring
{
    /// <summary>The newest version; made on first use.</summary>
    ValueTask<KeyringSecret> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>That version, or null if it was never made or is retired.</summary>
    ValueTask<KeyringSecret?> FindAsync(string version, CancellationToken cancellationToken);

    /// <summary>All versions still held, newest first.</summary>
    ValueTask<IReadOnlyList<KeyringSecret>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Makes a new version and returns it; the older ones stay readable.</summary>
    ValueTask<KeyringSecret> RotateAsync(CancellationToken cancellationToken);
}
