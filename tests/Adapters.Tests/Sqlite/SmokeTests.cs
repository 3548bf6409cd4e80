using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Sqlite;

public sealed class SmokeTests
{
    [Fact]
    public async Task All_Work()
    {
        var ct = CancellationToken.None;
        using var store = new TestStore();
        await store.Queue.SendAsync(QueueName.Urgent, [new("b1", "1", "s"), new("b2", "2", "s"), new("b1", "1", "s"), new("b3", "3")], ct);
        var got = await store.Queue.ReceiveAsync(QueueName.Urgent, 10, TimeSpan.FromMinutes(1), ct);
        Assert.Equal(["1", "3"], got.Select(m => m.MessageId));
        Assert.True(await store.Queue.CompleteAsync(got[0], ct));
        Assert.False(await store.Queue.CompleteAsync(got[0], ct));
        Assert.True(await store.Queue.DeadLetterAsync(got[1], "why", ct));
        Assert.True(await store.Queue.WaitAsync(QueueName.Urgent, TimeSpan.FromSeconds(1), ct));
        Assert.Equal(new(1, 0, 1), store.Queue.Count(QueueName.Urgent));
        var archive = new FolderArchive(store.Folder["archive"], TimeProvider.System);
        var write = await archive.CreateAsync(ArchivePath.Of("a", "b"), ct);
        write.Stream.WriteByte(1);
        await write.CompleteAsync(ct);
        await write.DisposeAsync();
        Assert.NotNull(await archive.OpenReadAsync(ArchivePath.Of("a", "b"), ct));
        var ring = new FileKeyring(store.Folder["keys"], TimeProvider.System);
        Assert.Equal("v1", (await ring.CurrentAsync(ct)).Version);
        Assert.Equal("v2", (await ring.RotateAsync(ct)).Version);
        Assert.Equal("v2", (await ring.CurrentAsync(ct)).Version);
    }
}
