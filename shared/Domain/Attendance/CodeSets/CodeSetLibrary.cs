namespace SchoolSignal.Domain.Attendance.CodeSets;

/// <summary>The code sets a district can use: those shipped, and its own. A district's set replaces a shipped one of the
/// same id.</summary>
public sealed class CodeSetLibrary
{
    private const string ResourcePrefix = "codesets/";

    private static readonly Lazy<CodeSetLibrary> LazyShipped = new(LoadShipped);

    private readonly Dictionary<string, CodeSet> byId;
    private readonly HashSet<string> chosen;

    private CodeSetLibrary(IReadOnlyList<CodeSet> all, IEnumerable<string> chosen)
    {
        All = all;
        this.chosen = new HashSet<string>(chosen, StringComparer.OrdinalIgnoreCase);
        byId = all.ToDictionary(set => set.Id, StringComparer.OrdinalIgnoreCase);
    }

    public static CodeSetLibrary Shipped => LazyShipped.Value;

    /// <summary>The district's own first.</summary>
    public IReadOnlyList<CodeSet> All { get; }

    /// <summary>Null if there is no set of that id.</summary>
    public CodeSet? Find(string id) => byId.GetValueOrDefault(id);

    public CodeSetLibrary With(IReadOnlyList<CodeSet> districts) => new(
        [.. districts, .. All.Where(set => !districts.Any(own => string.Equals(own.Id, set.Id, StringComparison.OrdinalIgnoreCase)))], chosen);

    /// <summary>The same sets, and those among them that the district says it uses.</summary>
    public CodeSetLibrary Choosing(IReadOnlyList<string> ids) => new(All, ids);

    /// <summary>Whether the district says it uses this set: of sets that fit a file equally well, one it uses is meant.</summary>
    public bool IsChosen(CodeSet set) => chosen.Contains(set.Id);

    private static CodeSetLibrary LoadShipped()
    {
        var assembly = typeof(CodeSetLibrary).Assembly;
        var sets = new List<CodeSet>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            sets.Add(CodeSet.Load(reader.ReadToEnd(), name) switch
            {
                CodeSetLoad.Loaded loaded => loaded.CodeSet,
                CodeSetLoad.Invalid invalid => throw new InvalidOperationException(string.Join(" ", invalid.Errors)),
                _ => throw new InvalidOperationException(name),
            });
        }
        return new CodeSetLibrary(sets, []);
    }
}
