namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>A release's file as it lies on disk.</summary>
internal sealed record ReleaseDocument(
    int Version, string Name, PolicyDocument Policy, IReadOnlyList<TableDocument> Tables, IReadOnlyList<EarlierRelease> Earlier, string Sha256,
    IReadOnlyList<WitnessPool> Proof)
{
    public static ReleaseDocument Of(PublishedRelease release, Certificate certificate) =>
        new(
            ReleaseFile.Version, release.Name, PolicyDocument.Of(certificate.Policy), [.. release.Tables.Select(TableDocument.Of)], certificate.Earlier,
            certificate.ReleaseHash, certificate.Pools);

    public PublishedRelease ToRelease() => new(Name, [.. Tables.Select(t => t.ToTable())]);

    public Certificate ToCertificate() => new(Name, Sha256, Policy.ToPolicy(), Earlier, Proof);
}

internal sealed record PolicyDocument(int Threshold, int Width, AllOrNoneRule AllOrNone, DominanceRule? Dominance)
{
    public static PolicyDocument Of(SuppressionPolicy policy) => new(policy.Threshold, policy.Width, policy.AllOrNone, policy.Dominance);

    public SuppressionPolicy ToPolicy()
    {
        var policy = new SuppressionPolicy { Threshold = Threshold, Width = Width, AllOrNone = AllOrNone, Dominance = Dominance };
        policy.Validate();
        return policy;
    }
}

/// <param name="Counts">All combinations of the dimensions' codes, the last running fastest; null is hidden.</param>
internal sealed record TableDocument(
    string Name, string Universe, int PerPupil, IReadOnlyList<DimensionDocument> Dimensions, IReadOnlyList<long?> Counts)
{
    public static TableDocument Of(PublishedTable table) =>
        new(table.Shape.Name, table.Shape.Universe, table.Shape.PerPupil, [.. table.Shape.Dimensions.Select(DimensionDocument.Of)], table.Counts);

    public PublishedTable ToTable()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(PerPupil, 1);
        var shape = new TableShape(Name, Universe, [.. Dimensions.Select(d => d.ToDimension())]) { PerPupil = PerPupil };
        return Counts.Count == shape.Count ? new PublishedTable(shape, Counts)
            : throw new ArgumentException($"{Name} has {shape.Count} cells by its dimensions, and {Counts.Count} counts.");
    }
}

/// <param name="Everything">The code that stands for all; null where the codes do not sum to one.</param>
/// <param name="Codes">The codes the table lists.</param>
/// <param name="Sums">Every code of the hierarchy, a parent before its children: code, and the code it is part of or null.</param>
internal sealed record DimensionDocument(
    string Name, DimensionKind Kind, string? Everything, IReadOnlyList<string> Codes, IReadOnlyList<IReadOnlyList<string?>> Sums)
{
    public static DimensionDocument Of(Dimension dimension) =>
        new(
            dimension.Name, dimension.Kind, dimension.Hierarchy.Everything?.ToString(), [.. dimension.Codes.Select(c => c.ToString())],
            [.. dimension.Hierarchy.Codes.Select(c => new[] { c.ToString(), dimension.Hierarchy.ParentOf(c)?.ToString() })]);

    public Dimension ToDimension()
    {
        if (Sums.Any(s => s is not [not null, _])) throw new ArgumentException($"{Name}: each line of sums is a code and the code it is part of, or null.");
        var branches = Sums.Select(s => (Parent: s[1] is { } parent ? Code.Parse(parent) : default(Code?), Child: Code.Parse(s[0]!))).ToList();
        var hierarchy = Everything is null
            ? Hierarchy.Forest(branches)
            : Hierarchy.Tree(Code.Parse(Everything), branches.Where(b => b.Parent is not null).Select(b => (b.Parent!.Value, b.Child)));
        return new Dimension(Name, Kind, hierarchy, [.. Codes.Select(Code.Parse)]);
    }
}
