using Microsoft.Win32.SafeHandles;

namespace SchoolSignal.Adapters.Folder;

/// <summary>Writes a file and has what is written brought to disk meanwhile, so that little is left to wait for at the end of a
/// large one. What lies on disk for certain is known only once the file is flushed whole.</summary>
internal sealed class FlushAheadStream : Stream
{
    private const int Share = 4 * 1024 * 1024;

    private readonly SafeFileHandle handle;
    private readonly FileStream file;
    private Task ahead = Task.CompletedTask;
    private long since;

    /// <param name="path">Must not be there yet.</param>
    /// <param name="bufferSize">In bytes.</param>
    public FlushAheadStream(string path, int bufferSize)
    {
        handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.SequentialScan);
        file = new FileStream(handle, FileAccess.Write, bufferSize);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => file.CanWrite;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer);
        FlushAhead(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value)
    {
        file.WriteByte(value);
        since++;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await file.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        FlushAhead(buffer.Length);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => file.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => file.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <exception cref="IOException">A share could not be brought to disk.</exception>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            var last = ahead;
            ahead = Task.CompletedTask;
            try
            {
                last.GetAwaiter().GetResult();
            }
            finally
            {
                file.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    private void FlushAhead(int written)
    {
        since += written;
        if (since < Share || !ahead.IsCompletedSuccessfully) return;
        since = 0;
        ahead = Task.Run(() => RandomAccess.FlushToDisk(handle));
    }
}
