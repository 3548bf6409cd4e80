using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>SHA-256 of everything a release shows: names, codes, how they sum, and counts. Independent of how a file is laid out.</summary>
public static class ReleaseHash
{
    private const long Hidden = -1;

    /// <returns>Hex, lower case.</returns>
    public static string Of(PublishedRelease release)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, release.Name);
        Add(hash, release.Tables.Count);
        foreach (var table in release.Tables)
        {
            Add(hash, table.Shape.Name);
            Add(hash, table.Shape.Universe);
            Add(hash, table.Shape.PerPupil);
            Add(hash, table.Shape.Dimensions.Count);
            foreach (var dimension in table.Shape.Dimensions) Add(hash, dimension);
            foreach (var count in table.Counts) Add(hash, count ?? Hidden);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, Dimension dimension)
    {
        Add(hash, dimension.Name);
        Add(hash, (int)dimension.Kind);
        Add(hash, dimension.Hierarchy.Everything?.ToString() ?? "");
        Add(hash, dimension.Hierarchy.Codes.Count);
        foreach (var code in dimension.Hierarchy.Codes)
        {
            Add(hash, code.ToString());
            Add(hash, dimension.Hierarchy.ParentOf(code)?.ToString() ?? "");
        }
        Add(hash, dimension.Codes.Count);
        foreach (var code in dimension.Codes) Add(hash, code.ToString());
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
