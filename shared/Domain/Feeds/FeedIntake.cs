using System.Buffers;
using System.Security.Cryptography;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Feeds;

/// <summary>What became of a file sent in.</summary>
public abstract record IntakeResult
{
    /// <summary>It is in the archive, durable, and will be read.</summary>
    public sealed record Accepted(FeedStatus Status) : IntakeResult;

    public sealed record TooLarge(long Limit) : IntakeResult;

    public sealed record Empty : IntakeResult;
}

/// <summary>Takes a file in: streams it into the archive, writes its status and the message that has it read.</summary>
public sealed class FeedIntake(IFileArchive archive, ITableStore store, FeedStore feeds, Outbox outbox, DistrictId district, TimeProvider time)
{
    /// <summary>The message kind on <see cref="QueueName.FeedArrivals"/>.</summary>
    public const string ArrivalKind = "feed-arrived";

    private const int ChunkSize = 128 * 1024;

    public static ArchivePath OriginalPath(FeedId id) => ArchivePath.Of("feeds", id.Month, id.Value, "original");

    /// <param name="limit">Inclusive, in bytes.</param>
    /// <param name="progress">Told the bytes taken in so far.</param>
    public Task<IntakeResult> ReceiveAsync(Stream content, FeedRequest request, long limit, IProgress<long>? progress, CancellationToken cancellationToken) =>
        ReceiveAsync(FeedId.New(time.GetUtcNow()), content, request, limit, progress, cancellationToken);

    /// <summary>Takes a file in under an id that its sender has made, so that one who does not know how an earlier try ended
    /// can try again: a feed of that id is taken in once.</summary>
    public async Task<IntakeResult> ReceiveAsync(
        FeedId id, Stream content, FeedRequest request, long limit, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (await feeds.FindAsync(id, cancellationToken) is { Status: var known }) return new IntakeResult.Accepted(known);
        var arrivedAt = time.GetUtcNow();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size;
        await using (var file = await archive.CreateAsync(OriginalPath(id), cancellationToken))
        {
            size = await CopyAsync(content, file.Stream, hash, limit, progress, cancellationToken);
            if (size > limit) return new IntakeResult.TooLarge(limit);
            if (size == 0) return new IntakeResult.Empty();
            await file.CompleteAsync(cancellationToken);
        }

        var status = new FeedStatus(
            id, request with { FileName = Path.GetExtension(request.FileName) },
            arrivedAt, size, Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            StatedAt = request.StatedAt ?? arrivedAt,
        };
        var message = Envelope.First($"feed {id}", ArrivalKind, ("district", district.Value), ("feed", id.Value));
        await store.CommitAsync(
            TableName.Feeds, feeds.Partition(id),
            [new RowChange.Insert(FeedStore.StatusKey(id), FeedStore.Write(status)), Outbox.Row(QueueName.FeedArrivals, message)],
            cancellationToken);
        await outbox.RelayAsync(TableName.Feeds, feeds.Partition(id), cancellationToken);
        return new IntakeResult.Accepted(status);
    }

    /// <summary>Copies and hashes: one piece is hashed while it is written and the next one comes.</summary>
    /// <returns>The bytes copied; more than the limit if the content is longer, and then not all of it was copied.</returns>
    private static async Task<long> CopyAsync(
        Stream content, Stream file, IncrementalHash hash, long limit, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        byte[][] buffers = [ArrayPool<byte>.Shared.Rent(ChunkSize), ArrayPool<byte>.Shared.Rent(ChunkSize)];
        var hashing = Task.CompletedTask;
        try
        {
            long size = 0;
            for (var turn = 0; ; turn ^= 1)
            {
                var buffer = buffers[turn];
                var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, ChunkSize), ChunkSize, throwOnEndOfStream: false, cancellationToken);
                await hashing;
                size += read;
                if (read == 0 || size > limit) return size;
                hashing = Task.Run(() => hash.AppendData(buffer, 0, read), CancellationToken.None);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress?.Report(size);
            }
        }
        finally
        {
            await hashing;
            foreach (var buffer in buffers) ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
