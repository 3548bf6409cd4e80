namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What makes a cell the same cell in another table: the universe and the codes that say less than everything, by dimension
/// name.</summary>
internal sealed class CellIdentity
{
    private readonly TableShape shape;
    private readonly string universe;
    private readonly int[] order;
    private readonly string[][] texts;

    public CellIdentity(TableShape shape)
    {
        this.shape = shape;
        universe = Escape(shape.Universe);
        order = [.. Enumerable.Range(0, shape.Dimensions.Count).OrderBy(i => shape.Dimensions[i].Name, StringComparer.Ordinal)];
        texts = [.. shape.Dimensions.Select(d => d.Codes.Select(code => TextOf(d, code)).ToArray())];
    }

    public string Of(int index) => Join(i => texts[i][shape.PlaceAt(index, i)]);

    /// <summary>The same cell but for its code in one dimension, listed or not.</summary>
    public string Of(int index, int dimension, Code code) =>
        Join(i => i == dimension ? TextOf(shape.Dimensions[i], code) : texts[i][shape.PlaceAt(index, i)]);

    /// <summary>The same cells in earlier revisions of their periods, latest first; none for a first revision.</summary>
    public IEnumerable<string> Before(int index)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var code = shape.CodeAt(index, i);
            for (var revision = code.Revision - 1; revision >= 1; revision--) yield return Of(index, i, new Code(code.Name, revision));
        }
    }

    private string Join(Func<int, string> textOf) => universe + string.Concat(order.Select(textOf));

    private static string TextOf(Dimension dimension, Code code) =>
        code == dimension.Hierarchy.Everything ? "" : $"|{Escape(dimension.Name)}={Escape(code.ToString())}";

    private static string Escape(string text) =>
        text.AsSpan().ContainsAny(@"\|=") ? text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal) : text;
}
