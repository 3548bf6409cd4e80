using SchoolSignal.Adapters.AzureBlobs;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.AzureBlobs;

/// <summary>The port's whole contract on the emulator, and files larger than a block.</summary>
public sealed class BlobArchiveTests : FileArchiveContract, IAsyncLifetime
{
    private BlobArchive? archive;

    protected override IFileArchive Archive => archive!;

    public async ValueTask InitializeAsync()
    {
        var account = await Emulator.NewAccountAsync();
        archive = new BlobArchive(AzureBlobServices.Client(account).GetBlobContainerClient(account.Container), account);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(BlobWrite.BlockSize)]
    [InlineData(BlobWrite.BlockSize + 1)]
    [InlineData((BlobWrite.BlockSize * 2) + 12_345)]
    public async Task Write_AroundTheSizeOfABlock_ComesBackByteForByte(int size)
    {
        var bytes = new byte[size];
        new Random(5).NextBytes(bytes);
        await using (var file = await Archive.CreateAsync(At("large"), Token))
        {
            for (var (at, piece) = (0, 1); at < size; at += piece, piece = Math.Min((piece * 3) % 400_000 + 1, size - at))
            {
                if (piece == 1) file.Stream.WriteByte(bytes[at]);
                else if (piece % 2 == 0) await file.Stream.WriteAsync(bytes.AsMemory(at, piece), Token);
                else file.Stream.Write(bytes, at, piece);
            }
            Assert.Null(await Archive.OpenReadAsync(At("large"), Token));
            await file.CompleteAsync(Token);
        }
        await using var read = (await Archive.OpenReadAsync(At("large"), Token))!;
        Assert.Equal(size, read.Length);
        var found = new byte[size];
        await read.ReadExactlyAsync(found, Token);
        Assert.Equal(-1, read.ReadByte());
        Assert.True(bytes.AsSpan().SequenceEqual(found));
    }

    [Fact]
    public async Task OpenRead_LargeFileReplacedMeanwhile_FailsRatherThanMix()
    {
        await Fill('a');
        await using var read = (await Archive.OpenReadAsync(At("large"), Token))!;
        await Fill('b');
        await Assert.ThrowsAsync<Azure.RequestFailedException>(async () => await read.CopyToAsync(Stream.Null, Token));

        async Task Fill(char letter)
        {
            await using var write = await Archive.CreateAsync(At("large"), Token);
            await write.Stream.WriteAsync(Enumerable.Repeat((byte)letter, BlobWrite.BlockSize + 10).ToArray(), Token);
            await write.CompleteAsync(Token);
        }
    }

    [Fact]
    public async Task Create_PathWithoutParts_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Archive.CreateAsync(default, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Archive.OpenReadAsync(ArchivePath.Of(), Token));
    }
}
