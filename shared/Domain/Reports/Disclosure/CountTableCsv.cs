using System.Globalization;
using SchoolSignal.Domain.Feeds.Tables;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>How a CSV table is to be read.</summary>
/// <param name="Dimensions">The columns that say what a row counts; null for all but the count.</param>
/// <param name="Count">The column with the counts; null for one named count, n, freq, frequency, number or value.</param>
/// <param name="Properties">The dimensions that say what is found of pupils, so that 0 % and 100 % are hidden.</param>
/// <param name="Hierarchy">Lines of dimension, code and the code it is part of; null where every code is part of the total alone.</param>
/// <param name="Total">What a total is called in the file.</param>
/// <param name="Universe">What is counted; null for the table's name.</param>
public sealed record CountTableCsvOptions(
    IReadOnlyList<string>? Dimensions = null, string? Count = null, IReadOnlyList<string>? Properties = null, Stream? Hierarchy = null, string Total = "Total",
    string? Universe = null);

/// <summary>What became of reading a CSV table.</summary>
public abstract record CountTableCsvRead
{
    private CountTableCsvRead()
    {
    }

    /// <param name="StatedTotals">Rows of the file that are totals; they agree with their parts.</param>
    public sealed record Read(CountTable Table, int Rows, int StatedTotals) : CountTableCsvRead;

    /// <param name="Reasons">Sentences with row and column; the first of them.</param>
    public sealed record Refused(IReadOnlyList<string> Reasons) : CountTableCsvRead;
}

/// <summary>Reads anybody's table of counts: a header, columns that say what is counted, and a column of whole numbers. Rows of totals may be
/// among them and are held against their parts; a combination without a row is zero.</summary>
public static class CountTableCsv
{
    private const int MostReasons = 20;
    private static readonly string[] CountNames = ["count", "n", "freq", "frequency", "number", "value", "pupils", "students"];

    public static CountTableCsvRead Read(Stream stream, string name, CountTableCsvOptions options, CancellationToken cancellationToken)
    {
        var parents = new Dictionary<string, List<(Code Code, Code Parent)>>(StringComparer.OrdinalIgnoreCase);
        if (options.Hierarchy is { } file && HierarchyCsv.Read(file, parents, cancellationToken) is { } wrong) return Refuse(wrong);
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return Refuse(refused!);
        using (table)
        {
            var count = options.Count is { } named ? table.Column(named) : table.Column(CountNames);
            if (count < 0) return Refuse($"There is no column of counts{(options.Count is null ? ": name it with --count" : $" named {options.Count}")}. The columns are: {string.Join(", ", table.Headers)}.");
            var wanted = options.Dimensions ?? [.. table.Headers.Where((header, i) => i != count && header.Length > 0)];
            if (wanted.FirstOrDefault(d => table.Column(d) < 0) is { } missing) return Refuse($"There is no column {missing}. The columns are: {string.Join(", ", table.Headers)}.");
            if (wanted.FirstOrDefault(d => table.Column(d) == count) is { } counted) return Refuse($"{counted} is the column of counts; a dimension is another.");
            if (wanted.Count == 0) return Refuse("There is no column beside the counts: a table has at least one dimension.");
            if ((options.Properties ?? []).Concat(parents.Keys).FirstOrDefault(p => !wanted.Contains(p, StringComparer.OrdinalIgnoreCase)) is { } unknown)
                return Refuse($"{unknown} is no dimension of the table. Its dimensions are: {string.Join(", ", wanted)}.");
            var rows = ReadRows(table, [.. wanted.Select(d => table.Column(d))], count, out var reasons, cancellationToken);
            if (table.Refused is { } broken) return Refuse(broken);
            return reasons.Count > 0 ? new CountTableCsvRead.Refused(reasons) : Build(name, wanted, rows, parents, options);
        }
    }

    private static List<(int Row, Code[] Codes, long Count)> ReadRows(
        CsvTable table, int[] columns, int count, out List<string> reasons, CancellationToken cancellationToken)
    {
        var rows = new List<(int, Code[], long)>();
        var wrong = reasons = [];
        while (table.Next() && wrong.Count < MostReasons)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = wrong.Count;
            if (!long.TryParse(table.Field(count), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number))
                wrong.Add($"Row {table.RowNumber}, {table.Headers[count]}: \"{Shortened(table.Field(count))}\" is no whole number from 0. A table that was suppressed before cannot be protected again; give the true counts.");
            foreach (var column in columns)
                if (Code.WhyNot(table.Field(column).ToString()) is { } why) wrong.Add($"Row {table.RowNumber}, {table.Headers[column]}: {why}");
            if (wrong.Count == before) rows.Add((table.RowNumber, [.. columns.Select(c => new Code(table.Field(c).ToString()))], number));
        }
        return rows;
    }

    private static CountTableCsvRead Build(
        string name, IReadOnlyList<string> names, List<(int Row, Code[] Codes, long Count)> rows,
        Dictionary<string, List<(Code Code, Code Parent)>> parents, CountTableCsvOptions options)
    {
        if (rows.Count == 0) return Refuse("The table has no rows.");
        try
        {
            var dimensions = names.Select((dimension, i) => new Dimension(
                dimension,
                (options.Properties ?? []).Contains(dimension, StringComparer.OrdinalIgnoreCase) ? DimensionKind.Property : DimensionKind.Group,
                HierarchyOf(rows.Select(r => r.Codes[i]), parents.GetValueOrDefault(dimension) ?? [], options.Total))).ToList();
            var shape = new TableShape(name, options.Universe ?? name, dimensions);
            var isTotal = rows.ToLookup(r => Enumerable.Range(0, names.Count).Any(i => dimensions[i].Hierarchy.ChildrenOf(r.Codes[i]).Count > 0));
            var twice = isTotal[false].GroupBy(r => shape.IndexOf(r.Codes)).FirstOrDefault(g => g.Count() > 1);
            if (twice is not null) return Refuse($"Rows {string.Join(" and ", twice.Select(r => r.Row))} count the same ({string.Join(", ", twice.First().Codes)}): leave one, or name the column that tells them apart with --dimensions.");
            var table = CountTable.RollUp(shape, isTotal[false].Select(r => new Leaf(r.Codes, r.Count)));
            var off = isTotal[true].Where(r => table[r.Codes] != r.Count)
                .Select(r => $"Row {r.Row}: {string.Join(", ", r.Codes)} is {r.Count}, but its parts sum to {table[r.Codes]}.").Take(MostReasons).ToList();
            return off.Count > 0 ? new CountTableCsvRead.Refused(off) : new CountTableCsvRead.Read(table, rows.Count, isTotal[true].Count());
        }
        catch (ArgumentException contradiction)
        {
            return Refuse(contradiction.Message);
        }
    }

    private static Hierarchy HierarchyOf(IEnumerable<Code> codes, List<(Code Code, Code Parent)> parents, string total)
    {
        var everything = codes.Concat(parents.Select(p => p.Parent)).FirstOrDefault(c => c.Name.Equals(total, StringComparison.OrdinalIgnoreCase), new Code(total));
        var known = codes.Concat(parents.SelectMany(p => new[] { p.Parent, p.Code })).Where(c => c != everything).Distinct();
        var parentOf = parents.ToDictionary(p => p.Code, p => p.Parent);
        return Hierarchy.Tree(everything, known.Select(c => (parentOf.GetValueOrDefault(c, everything), c)));
    }

    private static CountTableCsvRead.Refused Refuse(string why) => new([why]);

    private static string Shortened(ReadOnlySpan<char> text) => text.Length > 40 ? string.Concat(text[..40], "…") : text.ToString();
}
