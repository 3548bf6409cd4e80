namespace SchoolSignal.Adapters;

/// <summary>Folders and files with pupils' data are their owner's alone (on Unix; elsewhere the folder's own rules hold).</summary>
internal static class OwnerOnly
{
    public const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder if it is not there; a folder that is there keeps the mode its owner gave it.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Folder);
    }
}
