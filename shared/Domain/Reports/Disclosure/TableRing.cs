namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Finds tables that tie their dimensions in a ring: school by grade, grade by level and level by school of the same pupils, without the table
/// of all three. Such tables restrict each other beyond the totals they share, so a proof that goes by totals would not hold.</summary>
/// <remarks>By reduction (Graham; Yu and Ozsoyoglu): a dimension of one table alone and a table within another go, over and over. If something is left, the
/// tables are no tree, and tables that agree on what they share need not have a common whole.</remarks>
internal static class TableRing
{
    /// <summary>The names of the dimensions in a ring, in order; null if there is none.</summary>
    public static IReadOnlyList<string>? Find(IEnumerable<TableShape> shapes) =>
        shapes.GroupBy(s => s.Universe).Select(g => Left([.. g])).FirstOrDefault(left => left is not null);

    private static string[]? Left(IReadOnlyList<TableShape> shapes)
    {
        var sets = shapes.Select(_ => new HashSet<(string Dimension, int Part)>()).ToList();
        foreach (var name in shapes.SelectMany(s => s.Dimensions).Select(d => d.Name).Distinct()) AddDimension(name, shapes, sets);
        while (RemoveOwn(sets) | RemoveContained(sets)) { }
        return sets.Count < 2 ? null : [.. sets.SelectMany(s => s).Select(d => d.Dimension).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Tables whose codes of a dimension have nothing to do with each other, such as two weeks that are not summed, do not share it.</summary>
    private static void AddDimension(string name, IReadOnlyList<TableShape> shapes, List<HashSet<(string Dimension, int Part)>> sets)
    {
        var parts = new List<(HashSet<string> Codes, List<int> Tables)>();
        for (var table = 0; table < shapes.Count; table++)
        {
            if (shapes[table].Dimensions.FirstOrDefault(d => d.Name == name) is not { } dimension
                || dimension.Codes.All(c => c == dimension.Hierarchy.Everything)) continue;
            (HashSet<string> Codes, List<int> Tables) own = (LinkedTables.Used(dimension), [table]);
            foreach (var part in parts.FindAll(p => p.Codes.Overlaps(own.Codes)))
            {
                own.Codes.UnionWith(part.Codes);
                own.Tables.AddRange(part.Tables);
                parts.Remove(part);
            }
            parts.Add(own);
        }
        for (var part = 0; part < parts.Count; part++)
            foreach (var table in parts[part].Tables) sets[table].Add((name, part));
    }

    private static bool RemoveOwn(List<HashSet<(string Dimension, int Part)>> sets)
    {
        var own = sets.SelectMany(s => s).GroupBy(d => d).Where(g => g.Count() == 1).Select(g => g.Key).ToHashSet();
        foreach (var set in sets) set.ExceptWith(own);
        return own.Count > 0;
    }

    private static bool RemoveContained(List<HashSet<(string Dimension, int Part)>> sets)
    {
        for (var i = 0; i < sets.Count; i++)
            if (sets.Where((_, other) => other != i).Any(sets[i].IsSubsetOf))
            {
                sets.RemoveAt(i);
                return true;
            }
        return false;
    }
}
