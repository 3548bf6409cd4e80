using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.AzureBlobs;

/// <summary>A file on its way: what fits into one block goes with the completion; more is sent block by block, one while the next
/// is written.</summary>
internal sealed class BlobWrite(BlockBlobClient blob) : ArchiveWrite
{
    /// <summary>Bytes. A blob has at most 50,000 blocks: 195 GiB.</summary>
    public const int BlockSize = 4 * 1024 * 1024;

    private readonly BlockStream stream = new(blob);
    private bool complete;

    public override Stream Stream => stream;

    public override async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (complete) return;
        await stream.CommitAsync(cancellationToken).ConfigureAwait(false);
        complete = true;
    }

    public override ValueTask DisposeAsync() => stream.ReleaseAsync();

    /// <summary>Closed by a writer around it, it keeps what it holds until the file is completed or given up.</summary>
    private sealed class BlockStream(BlockBlobClient blob) : Stream
    {
        // Other writers of the path have blocks of their own there.
        private readonly byte[] writer = RandomNumberGenerator.GetBytes(12);
        private readonly List<string> blocks = [];
        private byte[] filling = [];
        private byte[] spare = [];
        private int filled;
        private Task sending = Task.CompletedTask;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (Take(buffer.Span) is var taken and > 0)
            {
                buffer = buffer[taken..];
                if (filled == BlockSize) await SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (Take(buffer) is var taken and > 0)
            {
                buffer = buffer[taken..];
                if (filled == BlockSize) SendAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void WriteByte(byte value) => Write([value]);

        public override void Flush()
        {
            // Nothing is visible before the completion.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public async ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            await sending.ConfigureAwait(false);
            if (blocks.Count == 0)
            {
                using var content = new MemoryStream(filling, 0, filled, writable: false);
                await blob.UploadAsync(content, new BlobUploadOptions(), cancellationToken).ConfigureAwait(false);
                return;
            }
            if (filled > 0) await SendAsync(cancellationToken).ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            await blob.CommitBlockListAsync(blocks, new CommitBlockListOptions(), cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Waits for a block that is being sent; how that ended does not matter any more.</summary>
        public async ValueTask ReleaseAsync()
        {
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            filling = spare = [];
        }

        /// <summary>How many bytes fit into the block.</summary>
        private int Take(ReadOnlySpan<byte> bytes)
        {
            var taken = Math.Min(bytes.Length, BlockSize - filled);
            if (filling.Length < filled + taken)
                Array.Resize(ref filling, Math.Min(BlockSize, Math.Max(64 * 1024, Math.Max(filling.Length * 2, filled + taken))));
            bytes[..taken].CopyTo(filling.AsSpan(filled));
            filled += taken;
            return taken;
        }

        private async Task SendAsync(CancellationToken cancellationToken)
        {
            await sending.ConfigureAwait(false);
            var (bytes, count) = (filling, filled);
            (filling, spare, filled) = (spare, bytes, 0);
            var id = new byte[16];
            writer.CopyTo(id, 0);
            BinaryPrimitives.WriteInt32BigEndian(id.AsSpan(12), blocks.Count);
            blocks.Add(Convert.ToBase64String(id));
            sending = StageAsync(blocks[^1], bytes, count, cancellationToken);
        }

        private async Task StageAsync(string id, byte[] bytes, int count, CancellationToken cancellationToken)
        {
            using var content = new MemoryStream(bytes, 0, count, writable: false);
            await blob.StageBlockAsync(id, content, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }
}
