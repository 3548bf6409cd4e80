using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Where all chains of a month stood at one moment, signed, and kept in the archive: elsewhere than the chains, so
/// that an end cut off or a chain made anew contradicts it.</summary>
/// <param name="Number">From 1 within the month; one that is missing is noticed.</param>
public sealed record AuditSeal(string District, string Month, long Number, DateTimeOffset At, IReadOnlyList<SealedChain> Chains);

/// <summary>The end of one chain.</summary>
public sealed record SealedChain(int Chain, ChainPoint Point);

/// <summary>A seal as found in the archive.</summary>
/// <param name="Seal">Null if the file cannot be read or its signature does not hold.</param>
public sealed record FoundSeal(ArchivePath Path, AuditSeal? Seal);

/// <summary>Makes and reads seals: files <c>audit/MONTH/NUMBER-HASH</c> of two lines, the seal's JSON and its signature. Two
/// seals of one number, made at once or after a crash, are two files; both hold.</summary>
public sealed class AuditSeals(ITableStore store, IFileArchive archive, AuditKeys keys, DistrictId district, TimeProvider time)
{
    private const string Folder = "audit";
    private const int HashLength = 16;

    /// <summary>Months back in which an entry may still come late: as long as the outbox is swept for.</summary>
    private const int LateMonths = 13;

    /// <summary>Seals every month whose chains have grown since its last seal.</summary>
    /// <returns>How many seals were made.</returns>
    public async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var first = ChainPlace.MonthOf(time.GetUtcNow().AddMonths(-LateMonths));
        var months = (await ChainMonths.ReadAsync(store, district, cancellationToken))
            .Where(m => string.CompareOrdinal(m.Place.Month, first) >= 0)
            .GroupBy(m => m.Place.Month, m => m.Place);
        var made = 0;
        foreach (var month in months)
            if (await SealAsync(month.Key, month, cancellationToken)) made++;
        return made;
    }

    /// <summary>How many seals the month should have; 0 if none was made.</summary>
    public async ValueTask<long> CountAsync(string month, CancellationToken cancellationToken) =>
        (await FindCountAsync(month, cancellationToken))?.Count.Number ?? 0;

    /// <summary>The seals of a month, by number.</summary>
    public async IAsyncEnumerable<FoundSeal> ReadAsync(
        string month, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var path in archive.ListAsync(ArchivePath.Of(Folder, month), cancellationToken))
            yield return new FoundSeal(path, await OpenAsync(month, path, cancellationToken));
    }

    /// <summary>Months that have seals.</summary>
    public async Task<IReadOnlyCollection<string>> MonthsAsync(CancellationToken cancellationToken)
    {
        var months = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var path in archive.ListAsync(ArchivePath.Of(Folder), cancellationToken)) months.Add(path.Value.Split('/')[1]);
        return months;
    }

    /// <summary>Seals a month if its chains have grown since its last seal.</summary>
    /// <returns>Whether a seal was made.</returns>
    public async Task<bool> SealAsync(string month, IEnumerable<ChainPlace> chains, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chains);
        var counted = await FindCountAsync(month, cancellationToken);
        var points = new List<SealedChain>();
        long entries = 0;
        foreach (var place in chains)
        {
            if (await ChainTails.FindAsync(store, district, place, cancellationToken) is not { } tail) continue;
            points.Add(new SealedChain(place.Chain, tail.Point));
            entries += tail.Point.Sequence;
        }
        if (entries == (counted?.Count.Entries ?? 0)) return false;

        var seal = new AuditSeal(district.Value, month, (counted?.Count.Number ?? 0) + 1, time.GetUtcNow(), points);
        // The file first: after a crash between the two there is a seal too many, never one too few.
        await WriteAsync(seal, cancellationToken);
        var body = JsonSerializer.SerializeToUtf8Bytes(new SealCount(seal.Number, entries), SealJson.Default.SealCount);
        RowChange change = counted is { } held
            ? new RowChange.Replace(ChainRows.SealKey(month), held.Version, body)
            : new RowChange.Insert(ChainRows.SealKey(month), body);
        // Another instance that was faster has sealed the same month: its number stands, and both seals hold.
        await store.CommitAsync(TableName.Audit, ChainMonths.Registry(district), [change], cancellationToken);
        return true;
    }

    private async Task WriteAsync(AuditSeal seal, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(seal, SealJson.Default.AuditSeal);
        var (version, signature) = await keys.SignAsync(Message(json), cancellationToken);
        var name = $"{seal.Number.ToString("D8", CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(SHA256.HashData(json))[..HashLength]}";
        await using var file = await archive.CreateAsync(ArchivePath.Of(Folder, seal.Month, name), cancellationToken);
        await file.Stream.WriteAsync(json, cancellationToken);
        await file.Stream.WriteAsync(Encoding.ASCII.GetBytes($"\n{version} {signature}\n"), cancellationToken);
        await file.CompleteAsync(cancellationToken);
    }

    private async Task<AuditSeal?> OpenAsync(string month, ArchivePath path, CancellationToken cancellationToken)
    {
        await using var stream = await archive.OpenReadAsync(path, cancellationToken);
        if (stream is null) return null;
        using var file = new MemoryStream();
        await stream.CopyToAsync(file, cancellationToken);
        var bytes = file.GetBuffer().AsMemory(0, (int)file.Length);
        var end = bytes.Span.IndexOf((byte)'\n');
        if (end < 0 || Encoding.ASCII.GetString(bytes.Span[(end + 1)..]).Split(' ') is not [var version, var signature] || signature is not [.., '\n']) return null;
        if (!await keys.IsSignedAsync(Message(bytes.Span[..end]), version, signature[..^1], cancellationToken)) return null;
        // Signed by us; but one month's seal put into another's folder speaks of neither.
        var seal = JsonSerializer.Deserialize(bytes.Span[..end], SealJson.Default.AuditSeal);
        return seal?.District == district.Value && seal.Month == month ? seal : null;
    }

    private async ValueTask<(SealCount Count, ETag Version)?> FindCountAsync(string month, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Audit, ChainMonths.Registry(district), ChainRows.SealKey(month), cancellationToken) is { } row
            ? (JsonSerializer.Deserialize(row.Body.Span, SealJson.Default.SealCount)!, row.ETag)
            : null;

    private static byte[] Message(ReadOnlySpan<byte> json) => [.. "seal\n"u8, .. json];
}

/// <param name="Entries">Of all chains when the last seal was made.</param>
internal sealed record SealCount(long Number, long Entries);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditSeal))]
[JsonSerializable(typeof(SealCount))]
internal sealed partial class SealJson : JsonSerializerContext;
