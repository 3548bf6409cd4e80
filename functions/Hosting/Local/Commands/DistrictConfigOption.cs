using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Lays the file of <c>--district-config</c> over the district's stored settings.</summary>
internal static class DistrictConfigOption
{
    /// <returns>What is wrong with the file, a line each; nothing of it is used then. Null if all is well.</returns>
    public static async Task<string?> ApplyAsync(CommandContext context, FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is null) return null;
        var json = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        switch (DistrictConfigFile.Load(json, file.Name))
        {
            case DistrictConfigResult.Invalid invalid:
                return string.Join(Environment.NewLine, invalid.Errors);
            case DistrictConfigResult.Loaded loaded:
                await context.Get<DistrictSettingsStore>().ChangeAsync(
                    (settings, stop) => loaded.Config.ApplyToAsync(settings, context.Get<StudentDirectory>().FindAsync, stop),
                    cancellationToken);
                return null;
            default:
                throw new InvalidOperationException("An unknown outcome of reading a district file.");
        }
    }
}
