namespace SchoolSignal.Benchmarks.Indicators;

/// <summary>One pupil's indicators as the SQL computed them. Rates are fractions, null where undefined.</summary>
public sealed class SqlIndicators(int pupil, IReadOnlyDictionary<string, int> columns, double?[] values)
{
    public int Pupil => pupil;

    /// <summary>By the name the indicator catalogue gives it.</summary>
    public double? this[string name] => values[columns[name]];

    public bool Has(string name) => columns.ContainsKey(name);
}
