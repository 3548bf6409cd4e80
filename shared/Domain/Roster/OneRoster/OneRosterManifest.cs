namespace SchoolSignal.Domain.Roster.OneRoster;

/// <summary>How a file of the bundle speaks.</summary>
internal enum OneRosterMode
{
    Absent,
    /// <summary>Everything there is.</summary>
    Bulk,
    /// <summary>Only what changed.</summary>
    Delta,
}

/// <summary>The bundle's manifest: its version, and bulk, delta or absent for each file.</summary>
internal sealed record OneRosterManifest(string Version, IReadOnlyDictionary<string, OneRosterMode> Files)
{
    /// <summary>A bundle without a manifest is taken as bulk, as version 1.0 had none.</summary>
    public bool IsMissing { get; private init; }

    public OneRosterMode Of(string file) => IsMissing ? OneRosterMode.Bulk : Files.GetValueOrDefault(file);

    public static OneRosterManifest Read(OneRosterBundle bundle, CancellationToken cancellationToken)
    {
        using var file = OneRosterFile.Open(bundle, "manifest.csv", cancellationToken);
        var files = new Dictionary<string, OneRosterMode>(StringComparer.OrdinalIgnoreCase);
        if (file is null) return new OneRosterManifest("", files) { IsMissing = true };
        var (name, value) = (file.Needed("propertyName"), file.Needed("value"));
        var version = "";
        while (file.Next(static _ => { }, cancellationToken))
        {
            var property = file.Field(name).ToString();
            if (property.Equals("oneroster.version", StringComparison.OrdinalIgnoreCase)) version = file.Field(value).ToString();
            if (!property.StartsWith("file.", StringComparison.OrdinalIgnoreCase)) continue;
            files[property[5..]] = file.Field(value) switch
            {
                var v when v.Equals("bulk", StringComparison.OrdinalIgnoreCase) => OneRosterMode.Bulk,
                var v when v.Equals("delta", StringComparison.OrdinalIgnoreCase) => OneRosterMode.Delta,
                _ => OneRosterMode.Absent,
            };
        }
        return new OneRosterManifest(version, files);
    }
}
