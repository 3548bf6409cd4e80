namespace SchoolSignal.Adapters.Sqlite;

/// <summary>Where the embedded database lies and how it writes.</summary>
/// <param name="Folder">The data folder; made, for its owner only, if it is not there.</param>
public sealed record SqliteOptions(string Folder)
{
    /// <summary>The database's file in the data folder.</summary>
    public const string FileName = "schoolsignal.db";

    /// <summary>How long a write waits for another process before it fails. Above zero.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True: what was acknowledged survives a power cut. False: it survives the death of the process only; for
    /// data that can be made again.</summary>
    public bool SurvivesPowerCut { get; init; } = true;

    /// <summary>The database's full path.</summary>
    public string FilePath => Path.Combine(Folder, FileName);
}
