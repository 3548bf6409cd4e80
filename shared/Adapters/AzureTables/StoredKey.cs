using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureTables;

/// <summary>Keys as the service holds them: ASCII only, in the order that the port promises, whatever the service makes of other
/// letters. A character from U+00A0 on is written as '~' and four hex digits, as the port's keys already write the reserved ones;
/// those are all below U+00A0, so the two never meet and the order of the keys stays.</summary>
internal static class StoredKey
{
    /// <summary>Characters; the service takes 1 KiB in UTF-16.</summary>
    public const int MaxLength = 512;

    private const char Escape = '~';
    private const char FirstEscaped = '\u00A0';

    /// <exception cref="ArgumentException">The key has a character that the service forbids, or is too long.</exception>
    public static string Of(PartitionKey key) => Encode(key.Value);

    /// <exception cref="ArgumentException">The key has a character that the service forbids, or is too long.</exception>
    public static string Of(RowKey key) => Encode(key.Value);

    public static RowKey RowKeyOf(string stored)
    {
        if (!stored.Contains(Escape, StringComparison.Ordinal)) return RowKey.FromStored(stored);
        var key = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            if (stored[i] == Escape && ushort.Parse(stored.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is >= FirstEscaped and var code)
            {
                key.Append((char)code);
                i += 4;
            }
            else
            {
                key.Append(stored[i]);
            }
        }
        return RowKey.FromStored(key.ToString());
    }

    /// <summary>A bound of a range, which need not be a key: characters that no key has are put at their place between those
    /// that keys have, and what follows them does not matter.</summary>
    public static string Bound(string bound)
    {
        for (var i = 0; i < bound.Length; i++)
        {
            if (bound[i] < ' ') return Escaped(bound[..i]) + ' ';
            if (bound[i] is > Escape and < FirstEscaped) return Escaped(bound[..i]) + Hex(FirstEscaped);
        }
        return Escaped(bound);
    }

    private static string Encode(string key)
    {
        foreach (var c in key)
            if (char.IsControl(c) || c is '/' or '\\' or '#' or '?')
                throw new ArgumentException("A key has a character that Table Storage forbids.", nameof(key));
        var stored = Escaped(key);
        if (stored.Length > MaxLength) throw new ArgumentException($"A key is at most {MaxLength} characters as stored, this one {stored.Length}.", nameof(key));
        return stored;
    }

    private static string Escaped(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstEscaped, '\uFFFF')) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c >= FirstEscaped) escaped.Append(Hex(c));
            else escaped.Append(c);
        }
        return escaped.ToString();
    }

    private static string Hex(char c) => Escape + ((int)c).ToString("X4", CultureInfo.InvariantCulture);
}
