namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Reads the district's settings from <c>--district-config</c> and keeps them.</summary>
internal static class DistrictConfigFile
{
    /// <returns>What is wrong with the file, or null.</returns>
    public static Task<string?> ApplyAsync(CommandContext context, FileInfo? file, CancellationToken cancellationToken)
    {
        _ = context;
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(file is null ? null : "District settings cannot be read yet.");
    }
}
