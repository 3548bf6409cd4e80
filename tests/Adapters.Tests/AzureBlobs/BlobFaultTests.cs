using SchoolSignal.Adapters.AzureBlobs;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing.Azurite;

namespace SchoolSignal.Adapters.Tests.AzureBlobs;

/// <summary>An answer of Blob Storage is lost, or the service is busy: the call is made again and does the same thing.</summary>
public sealed class BlobFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WireFault.LoseReply, 100)]
    [InlineData(WireFault.FailAfter, 100)]
    [InlineData(WireFault.LoseReply, BlobWrite.BlockSize + 10)]
    [InlineData(WireFault.Busy, BlobWrite.BlockSize + 10)]
    public async Task Write_EachCallFailsOnce_LeavesTheWholeFile(WireFault fault, int size)
    {
        using var tap = new WireTap();
        var account = await Emulator.NewAccountAsync();
        var archive = new BlobArchive(
            AzureBlobServices.Client(account, configure: client =>
            {
                client.Transport = tap;
                client.Retry.Delay = TimeSpan.FromMilliseconds(10);
            }).GetBlobContainerClient(account.Container),
            account);
        Assert.Null(await archive.OpenReadAsync(ArchivePath.Of("f"), Token));
        var failed = new HashSet<string>();
        tap.Fault = call => failed.Add($"{call.Method} {call.Path}{call.Query}") ? fault : WireFault.None;
        var bytes = new byte[size];
        new Random(3).NextBytes(bytes);
        await using (var write = await archive.CreateAsync(ArchivePath.Of("f"), Token))
        {
            await write.Stream.WriteAsync(bytes, Token);
            await write.CompleteAsync(Token);
        }
        await using var read = (await archive.OpenReadAsync(ArchivePath.Of("f"), Token))!;
        var found = new byte[size];
        await read.ReadExactlyAsync(found, Token);
        Assert.Equal(-1, read.ReadByte());
        Assert.True(bytes.AsSpan().SequenceEqual(found));
        Assert.True(failed.Count >= 2);
    }
}
