using Microsoft.Extensions.Time.Testing;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Tests.Contracts;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Testing;

namespace SchoolSignal.Adapters.Tests.Folder;

public sealed class FolderArchiveTests : FileArchiveContract, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FolderArchive archive;

    public FolderArchiveTests() => archive = new FolderArchive(folder["archive"], TimeProvider.System);

    protected override IFileArchive Archive => archive;

    private string Temporary => Path.Combine(folder["archive"], ".tmp");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Create_CompletedOrGivenUp_LeavesNoTemporaryFile()
    {
        await Write(At("f"), "x");
        await using (await archive.CreateAsync(At("g"), Token)) Assert.Single(Directory.GetFiles(Temporary));
        Assert.Empty(Directory.GetFiles(Temporary));
    }

    [Fact]
    public async Task Write_ManyMegabytesInPieces_ComesBackByteForByte()
    {
        var bytes = new byte[11_000_003];
        new Random(5).NextBytes(bytes);
        await using (var file = await archive.CreateAsync(At("large"), Token))
        {
            for (var (at, piece) = (0, 1); at < bytes.Length; at += piece, piece = Math.Min((piece * 3) % 400_000 + 1, bytes.Length - at))
            {
                if (piece == 1) file.Stream.WriteByte(bytes[at]);
                else if (piece % 2 == 0) await file.Stream.WriteAsync(bytes.AsMemory(at, piece), Token);
                else file.Stream.Write(bytes, at, piece);
            }
            await file.CompleteAsync(Token);
        }
        await using var read = (await archive.OpenReadAsync(At("large"), Token))!;
        var found = new byte[bytes.Length];
        await read.ReadExactlyAsync(found, Token);
        Assert.Equal(-1, read.ReadByte());
        Assert.True(bytes.AsSpan().SequenceEqual(found));
    }

    [Fact]
    public async Task Open_Leftovers_AreSweptWhenADayOld()
    {
        var leftover = Path.Combine(Temporary, "leftover");
        await File.WriteAllTextAsync(leftover, "half", Token);
        var clock = new FakeTimeProvider(new DateTimeOffset(File.GetLastWriteTimeUtc(leftover), TimeSpan.Zero));
        clock.Advance(FolderArchive.LeftoverAge - TimeSpan.FromTicks(1));
        _ = new FolderArchive(folder["archive"], clock);
        Assert.True(File.Exists(leftover));
        clock.Advance(TimeSpan.FromTicks(1));
        _ = new FolderArchive(folder["archive"], clock);
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task List_NoPrefix_IsTheWholeArchiveWithoutTemporaryFiles()
    {
        await Write(At("f"), "x");
        await using var open = await archive.CreateAsync(At("g"), Token);
        var paths = new List<ArchivePath>();
        await foreach (var path in archive.ListAsync(ArchivePath.Of(), Token)) paths.Add(path);
        Assert.Equal([At("f")], paths);
    }

    [Fact]
    public async Task Create_PathWithoutParts_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await archive.CreateAsync(default, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await archive.OpenReadAsync(ArchivePath.Of(), Token));
    }

    [Fact]
    public void Open_NewFolder_IsItsOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["archive"]));
    }
}
