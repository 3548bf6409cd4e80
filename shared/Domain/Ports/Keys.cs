using System.Buffers;
using System.Text;

namespace SchoolSignal.Domain.Ports;

/// <summary>A table of the storage map (design.md).</summary>
public readonly record struct TableName
{
    private TableName(string value) => Value = value;

    public string Value { get; }

    public static readonly TableName Attendance = new("attendance");
    public static readonly TableName Directory = new("directory");
    public static readonly TableName Pupils = new("pupils");
    public static readonly TableName Schools = new("schools");
    public static readonly TableName District = new("district");
    public static readonly TableName Feeds = new("feeds");
    public static readonly TableName Reports = new("reports");
    public static readonly TableName Audit = new("audit");

    public static IReadOnlyList<TableName> All { get; } =
        [Attendance, Directory, Pupils, Schools, District, Feeds, Reports, Audit];

    public override string ToString() => Value;
}

/// <summary>A partition key built from parts; characters that Table Storage forbids (<c>/ \ # ?</c>, controls) cannot
/// get in.</summary>
public readonly record struct PartitionKey
{
    private PartitionKey(string value) => Value = value;

    public string Value { get; }

    public static PartitionKey Of(params ReadOnlySpan<string> parts) => new(KeyEncoding.Join(parts));

    /// <summary>A key that came out of a message or was made by <see cref="Of"/>.</summary>
    public static PartitionKey FromStored(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A row key built from parts, ordered ordinally. See <see cref="PartitionKey"/>.</summary>
public readonly record struct RowKey
{
    private RowKey(string value) => Value = value;

    public string Value { get; }

    public static RowKey Of(params ReadOnlySpan<string> parts) => new(KeyEncoding.Join(parts));

    /// <summary>A key that came out of a store or was made by <see cref="Of"/>.</summary>
    public static RowKey FromStored(string value) => new(value);

    /// <summary>The parts the key was made of.</summary>
    public string[] Parts() => KeyEncoding.Split(Value);

    public override string ToString() => Value;
}

/// <summary>Row keys from <paramref name="From"/> inclusive to <paramref name="To"/> exclusive, by ordinal order.</summary>
public readonly record struct RowKeyRange(string From, string To)
{
    /// <summary>Every key whose first parts are these and that has at least one part more.</summary>
    public static RowKeyRange Under(params ReadOnlySpan<string> parts)
    {
        var prefix = KeyEncoding.Join(parts) + KeyEncoding.Separator;
        return new RowKeyRange(prefix, prefix[..^1] + (char)(KeyEncoding.Separator + 1));
    }

    /// <summary>Every key that starts with the given parts and whose next part lies from <paramref name="first"/> to
    /// <paramref name="last"/>, both inclusive.</summary>
    public static RowKeyRange Between(ReadOnlySpan<string> parts, string first, string last)
    {
        var prefix = parts.IsEmpty ? "" : KeyEncoding.Join(parts) + KeyEncoding.Separator;
        return new RowKeyRange(prefix + KeyEncoding.Encode(first), prefix + KeyEncoding.Encode(last) + (char)(KeyEncoding.Separator + 1));
    }

    public bool Contains(RowKey key) =>
        string.CompareOrdinal(key.Value, From) >= 0 && string.CompareOrdinal(key.Value, To) < 0;
}

/// <summary>Joins key parts with '|' and escapes what must not stand in a key as '~' and four hex digits.</summary>
internal static class KeyEncoding
{
    public const char Separator = '|';
    private const char Escape = '~';
    private static readonly SearchValues<char> Reserved = SearchValues.Create("/\\#?|~%+'");

    public static string Join(ReadOnlySpan<string> parts)
    {
        if (parts.Length == 1) return Encode(parts[0]);
        var builder = new StringBuilder();
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) builder.Append(Separator);
            builder.Append(Encode(parts[i]));
        }
        return builder.ToString();
    }

    public static string Encode(string part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (!part.AsSpan().ContainsAny(Reserved) && !part.Any(char.IsControl)) return part;
        var builder = new StringBuilder(part.Length + 8);
        foreach (var c in part)
        {
            if (Reserved.Contains(c) || char.IsControl(c))
                builder.Append(Escape).Append(((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
            else
                builder.Append(c);
        }
        return builder.ToString();
    }

    public static string[] Split(string key)
    {
        var parts = key.Split(Separator);
        for (var i = 0; i < parts.Length; i++)
            if (parts[i].Contains(Escape, StringComparison.Ordinal)) parts[i] = Decode(parts[i]);
        return parts;
    }

    private static string Decode(string part)
    {
        var builder = new StringBuilder(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == Escape && i + 4 < part.Length)
            {
                builder.Append((char)Convert.ToInt32(part.Substring(i + 1, 4), 16));
                i += 4;
            }
            else
            {
                builder.Append(part[i]);
            }
        }
        return builder.ToString();
    }
}
