using System.Runtime.InteropServices;

namespace SchoolSignal.Adapters;

/// <summary>Brings files and the names of files onto the disk.</summary>
internal static class Durable
{
    private const int ReadOnly = 0;

    /// <summary>The file's content survives a power cut.</summary>
    public static void SyncFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The names in the folder, and the folder's own up to <paramref name="root"/>, survive a power cut. On Windows the
    /// file system's journal sees to that.</summary>
    public static void SyncFolders(string folder, string root)
    {
        if (OperatingSystem.IsWindows()) return;
        for (var at = folder; at is not null && at.Length >= root.Length; at = Path.GetDirectoryName(at)) SyncFolder(at);
    }

    /// <summary>.NET opens no folders, hence the C library.</summary>
    private static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) throw new IOException("The folder of a file could not be opened to be flushed.");
        var flushed = Fsync(descriptor);
        _ = Close(descriptor);
        if (flushed != 0) throw new IOException("The folder of a file could not be flushed.");
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
