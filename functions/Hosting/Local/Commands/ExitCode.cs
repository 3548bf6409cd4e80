namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>How a command ended.</summary>
internal enum ExitCode
{
    Done = 0,
    /// <summary>Done, and some rows were refused.</summary>
    SomeRowsRefused = 1,
    WrongUsage = 2,
    /// <summary>Refused as a whole: nothing was done.</summary>
    Refused = 3,
    /// <summary>Stopped by Ctrl-C or SIGTERM, as shells expect it.</summary>
    Stopped = 130,
}
