namespace SchoolSignal.Domain.Feeds;

/// <summary>A stream whose first bytes can be looked at before it is read, even where it cannot be set back.</summary>
internal sealed class PrefixedStream : Stream
{
    private readonly Stream inner;
    private readonly byte[] prefix;
    private int taken;

    public PrefixedStream(Stream inner, int length)
    {
        this.inner = inner;
        prefix = new byte[length];
        var read = inner.ReadAtLeast(prefix, length, throwOnEndOfStream: false);
        if (read < length) Array.Resize(ref prefix, read);
    }

    public ReadOnlySpan<byte> Prefix => prefix;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (taken == prefix.Length) return inner.Read(buffer);
        var count = Math.Min(buffer.Length, prefix.Length - taken);
        prefix.AsSpan(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
