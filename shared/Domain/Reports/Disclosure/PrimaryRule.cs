namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>What the rule says of one cell.</summary>
internal enum RuleOutcome
{
    MayBeShown,
    /// <summary>Everybody knows it: nobody belongs to the group, so nobody can have the property. Hiding it would hide nothing.</summary>
    Known,
    Hidden,
}

/// <summary>Which cells tell of few pupils by themselves.</summary>
internal static class PrimaryRule
{
    public static RuleOutcome Of(CountTable table, int index, SuppressionPolicy policy)
    {
        var count = table.Counts[index];
        if (count == 0 && IsEmptyGroup(table, index)) return RuleOutcome.Known;
        return IsSmall(table, index, count, policy) || SaysItOfAll(table.Shape, i => table.Counts[i], index, policy.AllOrNone) is not null
            ? RuleOutcome.Hidden
            : RuleOutcome.MayBeShown;
    }

    /// <summary>The size of a group of which the cell says that all or none have a property; null if it says so of none. Zero of nobody says
    /// nothing.</summary>
    /// <param name="countAt">The table's count at a place; null where it is not to be seen.</param>
    public static long? SaysItOfAll(TableShape shape, Func<int, long?> countAt, int index, AllOrNoneRule rule)
    {
        if (rule == AllOrNoneRule.Show || countAt(index) is not { } count || (count == 0 && rule == AllOrNoneRule.HideAll)) return null;
        for (var d = 0; d < shape.Dimensions.Count; d++)
            if (WholeOf(shape, index, d) is { } whole && countAt(whole) is > 0 and var size && (count == 0 || count == size)) return size;
        return null;
    }

    /// <summary>1 to below the threshold, of pupils: a count of something else is small when few pupils are behind it, or when one or a few
    /// make up most of it.</summary>
    private static bool IsSmall(CountTable table, int index, long count, SuppressionPolicy policy)
    {
        if (table.Behind?[index] is not { } behind) return count >= 1 && count < policy.Threshold;
        if (behind.Pupils >= 1 && behind.Pupils < policy.Threshold) return true;
        return policy.Dominance is { } rule && count > 0 && behind.Largest.Take(rule.Largest).Sum() * 100 > rule.Percent * count;
    }

    /// <summary>Whether nobody is in the group at all, whatever properties the cell says of it.</summary>
    private static bool IsEmptyGroup(CountTable table, int index)
    {
        for (var d = 0; d < table.Shape.Dimensions.Count; d++) index = WholeOf(table.Shape, index, d) ?? index;
        return table.Counts[index] == 0;
    }

    /// <summary>The cell that holds everybody whom a property could be said of; null where the dimension is no property, or the cell is that
    /// one, or the table does not list it.</summary>
    private static int? WholeOf(TableShape shape, int index, int dimension)
    {
        if (shape.Dimensions[dimension] is not { Kind: DimensionKind.Property, Hierarchy: var hierarchy }) return null;
        Code? top = null;
        for (var at = hierarchy.ParentOf(shape.CodeAt(index, dimension)); at is { } parent; at = hierarchy.ParentOf(parent)) top = parent;
        return top is { } whole ? shape.WithCode(index, dimension, whole) : null;
    }
}
