using System.Text;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>A key as bytes whose order is the ordinal order of the string: each UTF-16 unit for itself as one to three
/// bytes in the manner of UTF-8 (CESU-8). UTF-8 proper orders pairs of surrogates differently and cannot hold a lone one. A key
/// of ASCII, as nearly all are, is the same in all of them.</summary>
internal static class KeyBytes
{
    /// <summary>The most bytes that many characters need.</summary>
    public static int MaxLength(int characters) => characters * 3;

    /// <summary>Returns the bytes written.</summary>
    public static int Encode(ReadOnlySpan<char> key, Span<byte> bytes)
    {
        if (Ascii.FromUtf16(key, bytes, out var written) == System.Buffers.OperationStatus.Done) return written;
        var at = 0;
        foreach (var c in key)
        {
            if (c < 0x80)
            {
                bytes[at++] = (byte)c;
            }
            else if (c < 0x800)
            {
                bytes[at++] = (byte)(0xC0 | (c >> 6));
                bytes[at++] = (byte)(0x80 | (c & 0x3F));
            }
            else
            {
                bytes[at++] = (byte)(0xE0 | (c >> 12));
                bytes[at++] = (byte)(0x80 | ((c >> 6) & 0x3F));
                bytes[at++] = (byte)(0x80 | (c & 0x3F));
            }
        }
        return at;
    }

    public static byte[] Encode(string key)
    {
        var bytes = new byte[MaxLength(key.Length)];
        return bytes[..Encode(key, bytes)];
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes)) return Encoding.ASCII.GetString(bytes);
        var key = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b < 0x80) key.Append((char)b);
            else if (b < 0xE0) key.Append((char)(((b & 0x1F) << 6) | (bytes[++i] & 0x3F)));
            else key.Append((char)(((b & 0x0F) << 12) | ((bytes[++i] & 0x3F) << 6) | (bytes[++i] & 0x3F)));
        }
        return key.ToString();
    }
}
