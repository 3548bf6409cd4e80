using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SchoolSignal.Domain.Demo;

/// <summary>Puts CSV rows into a stream through one rented buffer; nothing is allocated per row. The demo's own values
/// need no quoting: none holds a comma, a quote or a line break.</summary>
internal sealed class Utf8Rows(Stream stream) : IDisposable
{
    private const int Size = 1 << 16;

    /// <summary>Longer than any one value.</summary>
    private const int Room = 256;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Size);
    private int used;

    public Utf8Rows Add(ReadOnlySpan<byte> utf8)
    {
        MakeRoom();
        utf8.CopyTo(buffer.AsSpan(used));
        used += utf8.Length;
        return this;
    }

    public Utf8Rows Add(string text)
    {
        MakeRoom();
        used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
        return this;
    }

    public Utf8Rows Add(int number)
    {
        MakeRoom();
        Utf8Formatter.TryFormat(number, buffer.AsSpan(used), out var written);
        used += written;
        return this;
    }

    /// <summary>As 2026-03-19.</summary>
    public Utf8Rows Add(DateOnly date)
    {
        MakeRoom();
        date.TryFormat(buffer.AsSpan(used), out var written, "O", CultureInfo.InvariantCulture);
        used += written;
        return this;
    }

    public Utf8Rows Comma() => Add((byte)',');

    public void EndRow() => Add((byte)'\n');

    public void Dispose()
    {
        Flush();
        stream.Flush();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private Utf8Rows Add(byte one)
    {
        MakeRoom();
        buffer[used++] = one;
        return this;
    }

    private void MakeRoom()
    {
        if (used > Size - Room) Flush();
    }

    private void Flush()
    {
        stream.Write(buffer, 0, used);
        used = 0;
    }
}
