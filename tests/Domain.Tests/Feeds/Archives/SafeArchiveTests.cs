using System.IO.Compression;
using System.Text;
using SchoolSignal.Domain.Feeds.Archives;

namespace SchoolSignal.Domain.Tests.Feeds.Archives;

public sealed class SafeArchiveTests
{
    private static readonly ArchiveLimits Small = new(MaxEntries: 3, MaxUnpackedBytes: 100, MaxRatio: 200);

    [Fact]
    public void Open_PlainZip_GivesItsFiles()
    {
        using var archive = Opened(Zip(("bundle/", ""), ("bundle/users.csv", "a"), ("__MACOSX/users.csv", "b")));

        Assert.Equal(["bundle/users.csv"], archive.Names);
        using var reader = new StreamReader(archive.OpenEntry(archive.Find("USERS.csv")!)!);
        Assert.Equal("a", reader.ReadToEnd());
        Assert.Null(archive.Find("orgs.csv"));
    }

    [Theory]
    [InlineData("../users.csv")]
    [InlineData("a/../../users.csv")]
    [InlineData("..\\users.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\users.csv")]
    [InlineData("a/./users.csv")]
    public void Open_NameThatPointsOutside_IsRefused(string name) => Assert.Contains("outside", Refused(Zip((name, "x"))), StringComparison.Ordinal);

    [Fact]
    public void Open_ArchiveInside_IsRefused() => Assert.Contains("inside", Refused(Zip(("inner.zip", "x"))), StringComparison.Ordinal);

    [Fact]
    public void Open_SameNameTwice_IsRefused() => Assert.Contains("same name", Refused(Zip(("a.csv", "x"), ("A.csv", "y"))), StringComparison.Ordinal);

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Open_Files_AreLimitedInclusive(int files, bool opens) =>
        Assert.Equal(opens, SafeArchive.Open(Zip([.. Enumerable.Range(0, files).Select(i => ($"{i}.csv", "x"))]), Small) is ArchiveOpening.Opened);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Open_UnpackedSize_IsLimitedInclusive(int bytes, bool opens) =>
        Assert.Equal(opens, SafeArchive.Open(Zip(("a.csv", new string('x', bytes - 50)), ("b.csv", new string('x', 50))), Small) is ArchiveOpening.Opened);

    [Fact]
    public void Open_ZipBomb_IsRefusedByItsRatio() =>
        Assert.Contains("200 times", Refused(Zip(("bomb.csv", new string('0', 20_000_000)))), StringComparison.Ordinal);

    [Fact]
    public void Open_Encrypted_IsRefused()
    {
        var bytes = Zip(("a.csv", "x")).ToArray();
        // Bit 0 of the general purpose flags, in the local header and in the directory.
        bytes[6] |= 1;
        bytes[bytes.AsSpan().IndexOf("PK\x01\x02"u8) + 8] |= 1;

        Assert.Contains("encrypted", Refused(new MemoryStream(bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenEntry_MoreThanTheDirectorySays_StopsReading()
    {
        var bytes = Zip(("a.csv", new string('x', 5000))).ToArray();
        var directory = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        // The directory claims ten bytes unpacked.
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), 10);
        using var archive = Opened(new MemoryStream(bytes));

        var read = 0;
        try
        {
            using var entry = archive.OpenEntry("a.csv")!;
            var buffer = new byte[8192];
            int got;
            while ((got = entry.Read(buffer)) > 0) read += got;
        }
        catch (ArchiveFaultException)
        {
        }
        Assert.InRange(read, 0, 10);
    }

    [Fact]
    public void OpenEntry_DamagedData_SaysSo()
    {
        var bytes = Zip(("a.csv", string.Join('\n', Enumerable.Range(0, 2000)))).ToArray();
        bytes.AsSpan(60, 200).Fill(0xFF);
        using var archive = Opened(new MemoryStream(bytes));

        Assert.Throws<ArchiveFaultException>(() =>
        {
            using var entry = archive.OpenEntry("a.csv")!;
            entry.CopyTo(Stream.Null);
        });
    }

    [Fact]
    public void Open_CutOrDamagedAnywhere_NeverThrows()
    {
        var whole = Zip(("a.csv", "some text"), ("b.csv", "more text")).ToArray();
        for (var length = 0; length < whole.Length; length++) SafeArchive.Open(new MemoryStream(whole[..length]), Small);
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 0xFF;
            if (SafeArchive.Open(new MemoryStream(bytes), Small) is not ArchiveOpening.Opened { Archive: var archive }) continue;
            foreach (var name in archive.Names)
            {
                try
                {
                    using var entry = archive.OpenEntry(name);
                    entry?.CopyTo(Stream.Null);
                }
                catch (ArchiveFaultException)
                {
                }
            }
            archive.Dispose();
        }
    }

    internal static MemoryStream Zip(params (string Name, string Text)[] files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        stream.Position = 0;
        return stream;
    }

    private static SafeArchive Opened(Stream stream) =>
        Assert.IsType<ArchiveOpening.Opened>(SafeArchive.Open(stream, ArchiveLimits.Default)).Archive;

    private static string Refused(Stream stream) =>
        Assert.IsType<ArchiveOpening.Refused>(SafeArchive.Open(stream, ArchiveLimits.Default)).Why;
}
