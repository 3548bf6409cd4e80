namespace SchoolSignal.Testing;

/// <summary>A new folder under the system's temporary one, removed with all it holds.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("schoolsignal-").FullName;

    public string Path { get; }

    /// <summary>The full path of something in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
