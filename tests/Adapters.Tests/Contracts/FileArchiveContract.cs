using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.Contracts;

/// <summary>What every <see cref="IFileArchive"/> promises. Each test works below a path of its own.</summary>
public abstract class FileArchiveContract
{
    private readonly string top = Guid.NewGuid().ToString("N");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IFileArchive Archive { get; }

    [Fact]
    public async Task OpenRead_FileNeverWritten_IsNull()
    {
        Assert.Null(await Archive.OpenReadAsync(At("a"), Token));
        Assert.Null(await Archive.OpenReadAsync(At("a", "b", "c"), Token));
    }

    [Fact]
    public async Task Create_Completed_ReadsBack()
    {
        await Write(At("feeds", "2026-01", "f1.csv"), "one");
        Assert.Equal("one", await Read(At("feeds", "2026-01", "f1.csv")));
    }

    [Fact]
    public async Task Create_NotCompletedYet_IsNotSeen()
    {
        await Write(At("f"), "old");
        await using (var write = await Archive.CreateAsync(At("f"), Token))
        {
            await write.Stream.WriteAsync("new"u8.ToArray(), Token);
            await write.Stream.FlushAsync(Token);
            Assert.Equal("old", await Read(At("f")));
            Assert.Equal(["f"], await List());
            await write.CompleteAsync(Token);
            Assert.Equal("new", await Read(At("f")));
        }
        Assert.Equal("new", await Read(At("f")));
    }

    [Fact]
    public async Task Create_DisposedBeforeCompletion_LeavesNothing()
    {
        await using (var write = await Archive.CreateAsync(At("f"), Token)) await write.Stream.WriteAsync("half"u8.ToArray(), Token);
        Assert.Null(await Archive.OpenReadAsync(At("f"), Token));
        Assert.Empty(await List());
    }

    [Fact]
    public async Task Create_StreamClosedByAWriterAroundIt_StillCompletes()
    {
        await using var write = await Archive.CreateAsync(At("f"), Token);
        await using (var text = new StreamWriter(write.Stream)) await text.WriteAsync("text");
        await write.CompleteAsync(Token);
        Assert.Equal("text", await Read(At("f")));
    }

    [Fact]
    public async Task OpenRead_File_IsSeekable()
    {
        await Write(At("f"), "0123456789");
        await using var stream = await Archive.OpenReadAsync(At("f"), Token);
        Assert.True(stream!.CanSeek);
        Assert.Equal(10, stream.Length);
        stream.Position = 7;
        Assert.Equal('7', stream.ReadByte());
    }

    [Fact]
    public async Task OpenRead_FileReplacedMeanwhile_StaysTheOldOne()
    {
        await Write(At("f"), "old");
        await using var stream = await Archive.OpenReadAsync(At("f"), Token);
        await Write(At("f"), "new");
        using var reader = new StreamReader(stream!);
        Assert.Equal("old", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Create_LargeFile_ReadsBackByteByByte()
    {
        var content = new byte[3_000_001];
        new Random(1).NextBytes(content);
        await using (var write = await Archive.CreateAsync(At("large"), Token))
        {
            for (var at = 0; at < content.Length; at += 70_000)
                await write.Stream.WriteAsync(content.AsMemory(at, Math.Min(70_000, content.Length - at)), Token);
            await write.CompleteAsync(Token);
        }
        await using var stream = await Archive.OpenReadAsync(At("large"), Token);
        var read = new byte[content.Length];
        await stream!.ReadExactlyAsync(read, Token);
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(content, read);
    }

    [Fact]
    public async Task Create_TwoWritersOfOnePath_LeaveOneWholeFile()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Write(At("f"), new string((char)('a' + i), 100_000)), Token)));
        var content = (await Read(At("f")))!;
        Assert.Equal(new string(content[0], 100_000), content);
    }

    [Fact]
    public async Task Delete_File_SaysWhetherItWasThere()
    {
        Assert.False(await Archive.DeleteAsync(At("f"), Token));
        await Write(At("f"), "x");
        Assert.True(await Archive.DeleteAsync(At("f"), Token));
        Assert.False(await Archive.DeleteAsync(At("f"), Token));
        Assert.Null(await Archive.OpenReadAsync(At("f"), Token));
    }

    [Fact]
    public async Task List_Prefix_IsWholePartsInOrdinalOrder()
    {
        foreach (var path in new[] { "a/x", "a/b/z", "a-b/x", "a.txt", "ab", "a/B", "b/x" }) await Write(At(path.Split('/')), "x");
        Assert.Equal(["a-b/x", "a.txt", "a/B", "a/b/z", "a/x", "ab", "b/x"], await List());
        Assert.Equal(["a/B", "a/b/z", "a/x"], await List("a"));
        Assert.Equal(["a/b/z"], await List("a", "b"));
        Assert.Equal(["ab"], await List("ab"));
        Assert.Empty(await List("none"));
    }

    protected ArchivePath At(params string[] parts) => ArchivePath.Of([top, .. parts]);

    protected async Task Write(ArchivePath path, string content)
    {
        await using var write = await Archive.CreateAsync(path, Token);
        await write.Stream.WriteAsync(Encoding.UTF8.GetBytes(content), Token);
        await write.CompleteAsync(Token);
    }

    protected async Task<string?> Read(ArchivePath path)
    {
        await using var stream = await Archive.OpenReadAsync(path, Token);
        return stream is null ? null : await new StreamReader(stream).ReadToEndAsync(Token);
    }

    protected async Task<List<string>> List(params string[] parts)
    {
        var paths = new List<string>();
        await foreach (var path in Archive.ListAsync(At(parts), Token)) paths.Add(path.Value[(top.Length + 1)..]);
        return paths;
    }
}
