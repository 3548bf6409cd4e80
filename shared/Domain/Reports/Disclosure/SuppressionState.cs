namespace SchoolSignal.Domain.Reports.Disclosure;

/// <summary>Which cells are hidden so far, and which could be. Cells published earlier stay as they are.</summary>
internal sealed class SuppressionState
{
    private readonly long?[] values;
    private readonly bool[] open;
    private readonly long?[] shown;

    /// <param name="values">Counts of new cells and of cells that an earlier release shows; null for cells that nobody has seen and that no
    /// one may.</param>
    /// <param name="open">Whether a cell is new, so that it may be hidden.</param>
    /// <param name="costs">What hiding a cell costs the reader; the usual cell costs 1.</param>
    public SuppressionState(LinkedSystem system, long?[] values, bool[] open, double[] costs)
    {
        System = system;
        this.values = values;
        this.open = open;
        Costs = costs;
        shown = [.. values];
    }

    public LinkedSystem System { get; }

    public IReadOnlyList<double> Costs { get; }

    /// <summary>What anybody sees; null where hidden.</summary>
    public IReadOnlyList<long?> Shown => shown;

    /// <summary>The count, hidden now or not; null for cells of earlier releases that nobody may see.</summary>
    public long? ValueOf(int cell) => values[cell];

    public bool IsHidden(int cell) => shown[cell] is null;

    /// <summary>Whether the cell is shown and could be hidden.</summary>
    public bool MayHide(int cell) => open[cell] && shown[cell] is not null;

    public bool IsNew(int cell) => open[cell];

    public void Hide(int cell) => shown[cell] = null;

    public void Show(int cell) => shown[cell] = values[cell];
}
