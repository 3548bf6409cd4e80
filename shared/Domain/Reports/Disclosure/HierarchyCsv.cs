using SchoolSignal.Domain.Feeds.Tables;

namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Reads <c>dimension, code, parent</c>: which codes of a dimension sum to which.</summary>
internal static class HierarchyCsv
{
    /// <summary>What is wrong; null if nothing.</summary>
    public static string? Read(Stream stream, Dictionary<string, List<(Code Code, Code Parent)>> parents, CancellationToken cancellationToken)
    {
        var (table, refused) = CsvTable.Open(stream, cancellationToken);
        if (table is null) return $"The hierarchy: {refused}";
        using (table)
        {
            var (dimension, code, parent) = (table.Column("dimension"), table.Column("code"), table.Column("parent"));
            if (dimension < 0 || code < 0 || parent < 0) return $"The hierarchy has the columns dimension, code and parent. Here they are: {string.Join(", ", table.Headers)}.";
            while (table.Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var column in (ReadOnlySpan<int>)[code, parent])
                    if (Code.WhyNot(table.Field(column).ToString()) is { } why) return $"The hierarchy, row {table.RowNumber}, {table.Headers[column]}: {why}";
                var key = table.Field(dimension).ToString();
                if (!parents.TryGetValue(key, out var list)) parents[key] = list = [];
                var branch = (Code: new Code(table.Field(code).ToString()), Parent: new Code(table.Field(parent).ToString()));
                if (list.Exists(b => b.Code == branch.Code)) return $"The hierarchy, row {table.RowNumber}: {branch.Code} of {key} has a parent already.";
                list.Add(branch);
            }
            return table.Refused is { } broken ? $"The hierarchy: {broken}" : null;
        }
    }
}
