using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Attendance.CodeSets;

namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>Sees from a file's first rows how its session or period column speaks.</summary>
internal sealed class SessionCensus(CsvColumns columns, SessionWords words)
{
    private readonly int session = columns[CsvField.Session];
    private readonly int period = columns[CsvField.Period];
    private int understood;
    private int strange;

    public bool HasHalfDays { get; private set; }

    /// <summary>A file of whole days may leave its session column empty; among mornings and afternoons an empty one is a fault.</summary>
    public bool EmptyMeansWholeDay => !HasHalfDays;

    /// <summary>Why no row could be read, if that is so.</summary>
    public string? Fault => understood == 0 && strange > 0
        ? $"The values of column '{columns.NameOf(period >= 0 ? CsvField.Period : CsvField.Session)}' are neither AM, PM, whole-day words nor period numbers. Name a profile that says what they mean (sessions)."
        : null;

    public void Add(CsvRecordReader record)
    {
        var text = period >= 0 ? SpreadsheetText.Unwrap(record[period]) : default;
        if (text.IsEmpty && session >= 0) text = SpreadsheetText.Unwrap(record[session]);
        if (text.IsEmpty) return;
        if (words.TryFind(text, out var found)) HasHalfDays |= found is SessionOfDay.Am or SessionOfDay.Pm;
        else if (period < 0 || !SessionWords.TryPeriod(text, out _))
        {
            strange++;
            return;
        }
        understood++;
    }
}
