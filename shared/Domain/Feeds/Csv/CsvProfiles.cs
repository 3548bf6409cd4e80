namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>The profiles a district can use: those shipped, and its own. A district's profile replaces a shipped one of the
/// same id.</summary>
public sealed class CsvProfiles
{
    /// <summary>The profile in force where none is named: it leaves everything to be worked out from header and data.</summary>
    public const string GenericId = "generic";

    private const string ResourcePrefix = "profiles/";

    private static readonly Lazy<CsvProfiles> LazyShipped = new(LoadShipped);

    private readonly Dictionary<string, CsvProfile> byId;

    private CsvProfiles(IReadOnlyList<CsvProfile> all)
    {
        All = all;
        byId = all.ToDictionary(profile => profile.Id, StringComparer.OrdinalIgnoreCase);
    }

    public static CsvProfiles Shipped => LazyShipped.Value;

    public static CsvProfile Generic => Shipped.byId[GenericId];

    /// <summary>The district's own first.</summary>
    public IReadOnlyList<CsvProfile> All { get; }

    /// <summary>Null if there is no profile of that id.</summary>
    public CsvProfile? Find(string id) => byId.GetValueOrDefault(id);

    public CsvProfiles With(IReadOnlyList<CsvProfile> districts) => new(
        [.. districts, .. All.Where(profile => !districts.Any(own => string.Equals(own.Id, profile.Id, StringComparison.OrdinalIgnoreCase)))]);

    private static CsvProfiles LoadShipped()
    {
        var assembly = typeof(CsvProfiles).Assembly;
        var profiles = new List<CsvProfile>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            profiles.Add(CsvProfile.Load(reader.ReadToEnd(), name) switch
            {
                CsvProfileLoad.Loaded loaded => loaded.Profile,
                CsvProfileLoad.Invalid invalid => throw new InvalidOperationException(string.Join(" ", invalid.Errors)),
                _ => throw new InvalidOperationException(name),
            });
        }
        return new CsvProfiles(profiles);
    }
}
