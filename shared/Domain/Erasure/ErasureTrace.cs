using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>Whom an erasure is about, and by what names the pupil's rows are known.</summary>
/// <param name="Student">Null for a number the directory does not know: then only what feeds and settings say of it goes.</param>
/// <param name="UniqueId">Null where the directory has forgotten it already: a later pass over late rows.</param>
/// <param name="Ids">Of the pupil's forms, concerns and referrals.</param>
public sealed record ErasureTrace(StudentKey? Student, StudentUniqueId? UniqueId, IReadOnlyCollection<string> Ids)
{
    private readonly HashSet<string> names = Student is { } key ? [.. Ids, key.ToString()] : [.. Ids];

    /// <summary>Whether a message, a row's key or its text names the pupil.</summary>
    public bool IsNamedIn(string text) => names.Any(name => text.Contains(name, StringComparison.Ordinal));

    public override string ToString() => "a pupil";
}

/// <summary>Where a pupil's data lies, as an erasure counts it.</summary>
public enum ErasedPlace
{
    /// <summary>Number and name: the directory and the sealed rolls of schools.</summary>
    Directory,
    /// <summary>Profile, forms, concerns, results, referrals with their history, alerts.</summary>
    Pupil,
    /// <summary>Pages of the ledger and section events that hold the pupil's marks, and places on rolls.</summary>
    Ledger,
    /// <summary>Worklists, urgent entries, a teacher's own forms, classes.</summary>
    School,
    /// <summary>Opt-outs and caseloads.</summary>
    District,
    /// <summary>Messages and failures.</summary>
    Queue,
    /// <summary>Lines of files as they were sent, and of what was made of them.</summary>
    Archive,
}

/// <summary>What an erasure found, by place: rows, messages or lines.</summary>
public sealed class ErasureCounts
{
    private readonly SortedDictionary<ErasedPlace, long> counts = [];

    public long this[ErasedPlace place] => counts.GetValueOrDefault(place);

    public long Total => counts.Values.Sum();

    public IReadOnlyDictionary<ErasedPlace, long> ByPlace => counts;

    public void Add(ErasedPlace place, long found) => counts[place] = this[place] + found;

    public void Add(ErasureCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (place, found) in other.counts) Add(place, found);
    }
}
