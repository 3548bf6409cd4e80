using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Feeds.Csv;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Takes a profile named as a file into the district's own, where the reading of feeds finds it by its id.</summary>
internal static class ProfileFile
{
    /// <returns>The profile's id to read with, or what is wrong with the file, a line for each fault.</returns>
    public static async Task<(string? Profile, string? Wrong)> TakeInAsync(CommandContext context, string? profile, CancellationToken cancellationToken)
    {
        if (profile is null || !profile.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return (profile, null);
        if (!File.Exists(profile)) return (null, $"There is no profile file {profile}.");
        var json = await File.ReadAllTextAsync(profile, cancellationToken);
        switch (CsvProfile.Load(json, Path.GetFileName(profile)))
        {
            case CsvProfileLoad.Invalid invalid:
                return (null, string.Join(Environment.NewLine, invalid.Errors));
            case CsvProfileLoad.Loaded loaded:
                await context.Get<DistrictFormatsStore>().SaveProfileAsync(loaded.Profile, json, cancellationToken);
                return (loaded.Profile.Id, null);
            default:
                throw new InvalidOperationException("An unknown outcome of reading a profile file.");
        }
    }
}
