using System.Text.Json.Serialization;
using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Domain.Feeds;

/// <summary>What a sent file holds.</summary>
public enum FeedContent
{
    Attendance,
    Roster,
    Calendar,
    Observations,
    /// <summary>The district's staff: roles, schools, classes, caseloads.</summary>
    Staff,
}

/// <summary>What the sender says of a file.</summary>
/// <param name="Profile">The name of a CSV profile; none means the mapping is worked out.</param>
/// <param name="Kind">Overrides the profile's kind.</param>
/// <param name="Covers">The days the feed speaks for; none means from its first date to its last.</param>
/// <param name="Schools">The schools it speaks for; none means those it names.</param>
/// <param name="WithoutRoster">Enrol every pupil the feed names, in the school it names, for the days it covers.</param>
/// <param name="StatedAt">When the sender's system stated it; none means its arrival. Later statements take precedence.</param>
/// <param name="FileName">Its name, for telling the format. Only the ending is kept: people put names in file names.</param>
public sealed record FeedRequest(
    FeedContent Content,
    string? Profile = null,
    FeedKind? Kind = null,
    Coverage? Covers = null,
    IReadOnlyList<string>? Schools = null,
    bool WithoutRoster = false,
    DateTimeOffset? StatedAt = null,
    string? FileName = null)
{
    /// <summary>Who sent it, for the audit; null for the system itself.</summary>
    public Authority? SentBy { get; init; }
}

/// <summary>How far a feed is.</summary>
public enum FeedState
{
    Received,
    /// <summary>Read and split; its batches are being applied.</summary>
    Applying,
    Complete,
    /// <summary>Refused as a whole; <see cref="FeedStatus.Why"/> says why.</summary>
    Refused,
    /// <summary>The same file with the same coverage came before and nothing has come since.</summary>
    Repeated,
}

/// <summary>A feed's status row. It holds counts and words, never a pupil.</summary>
public sealed record FeedStatus(FeedId Id, FeedRequest Request, DateTimeOffset ArrivedAt, long Bytes, string Sha256)
{
    public FeedState State { get; init; } = FeedState.Received;

    public string? Why { get; init; }

    /// <summary>Set where reading the feed failed for good: the failure whose replay reads it anew.</summary>
    public string? FailedReference { get; init; }

    public FeedId? RepeatOf { get; init; }

    /// <summary>When the statement counts as made: precedence between feeds.</summary>
    public DateTimeOffset StatedAt { get; init; }

    public FeedKind? Kind { get; init; }

    public Coverage? Covers { get; init; }

    public long Rows { get; init; }

    /// <summary>Pupils, calendars or forms that were new or changed, where the file is not attendance.</summary>
    public long Taken { get; init; }

    /// <summary>Rows of pupils who were erased, which the reading dropped; those that batches dropped are in their results.</summary>
    public long Erased { get; init; }

    /// <summary>When pupils who had been erased before were taken out of the feed's own files; null where nobody has looked yet.</summary>
    public DateTimeOffset? ErasedFromFilesAt { get; init; }

    /// <summary>Whether the feed is about registers; one without a row is.</summary>
    public bool NamesRegister { get; init; } = true;

    /// <summary>Whether the feed has section events.</summary>
    public bool NamesSections { get; init; }

    /// <summary>How the profile folds periods into the day; null for the default.</summary>
    public PeriodFold? Fold { get; init; }

    /// <summary>A CSV file's header as received, for its refused rows; empty for other formats.</summary>
    public string Header { get; init; } = "";

    public char Delimiter { get; init; } = ',';

    public IReadOnlyDictionary<RefusalReason, long> RefusedRows { get; init; } = new Dictionary<RefusalReason, long>();

    public IReadOnlyDictionary<string, long> UnknownCodes { get; init; } = new Dictionary<string, long>();

    public IReadOnlyList<string> Concluded { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Into what the feed was split, written last by the splitter; null until then.</summary>
    public FeedSplit? Split { get; init; }

    /// <summary>What the feed's kind says of pupils on roll that it does not name; null if nothing.</summary>
    [JsonIgnore]
    public Mark? SaysOfUnnamed => Kind switch
    {
        FeedKind.Exceptions => Mark.Present,
        FeedKind.Snapshot => Mark.Unknown,
        _ => null,
    };

    /// <summary>The audit's entry of what the feed wrote in one school. Written again after a crash it is the same entry: it bears
    /// the feed's arrival, not the hour of the work.</summary>
    public AuditEntry EntryOf(AuditAction action, District.SchoolId? school, int? count = null) =>
        AuditEntry.OfRun(Request.SentBy ?? Authority.System("import"), action, Id.Value, school, ArrivedAt, count);

    [JsonIgnore]
    public bool IsFinal => State is FeedState.Complete or FeedState.Refused or FeedState.Repeated;
}

/// <summary>One school's year within a feed.</summary>
/// <param name="Number">Position in the batch file's index; -1 for a school that is covered and not named.</param>
public sealed record FeedBatch(int Number, string School, int EndYear);

/// <summary>What a feed's kind says of pupils on roll that it does not name.</summary>
/// <param name="Mark">The mark's value: present for an exceptions feed, unknown for a snapshot.</param>
/// <param name="Days">Those of the days it covers that were school days when it was applied.</param>
public sealed record SilentStatement(byte Mark, DateOnly From, DateOnly To, [property: JsonConverter(typeof(DatesJson))] IReadOnlyList<DateOnly> Days);

/// <summary>How many school years a feed touches. Which they are says <see cref="FeedStore.BatchesAsync"/>.</summary>
/// <param name="Last">The batch that was sent last; null if there is none.</param>
public sealed record FeedSplit(int Batches, int Schools, FeedBatch? Last);

/// <summary>What became of one batch.</summary>
public sealed record BatchResult(string School, int EndYear)
{
    public long Rows { get; init; }

    /// <summary>Marks that changed what the ledger says.</summary>
    public long Changed { get; init; }

    public long Unchanged { get; init; }

    /// <summary>Marks that yielded to a feed stated later.</summary>
    public long Superseded { get; init; }

    /// <summary>Marks that follow from the feed's coverage without being named.</summary>
    public long Filled { get; init; }

    /// <summary>Rows for a session the feed had named already; the greater absence holds.</summary>
    public long TwiceStated { get; init; }

    /// <summary>Kept, and counted by no indicator while the calendar says there was no school.</summary>
    public long OutsideCalendar { get; init; }

    /// <summary>Kept or left out, and counted by no indicator while the roster says the pupil was not there.</summary>
    public long OutsideEnrollment { get; init; }

    /// <summary>Section events, which never change the register.</summary>
    public long SectionEvents { get; init; }

    /// <summary>Rows of pupils nobody has enrolled: refused, to be sent again after the roster.</summary>
    public long UnknownStudents { get; init; }

    /// <summary>Rows of a school nobody is enrolled in: refused.</summary>
    public long UnknownSchool { get; init; }

    /// <summary>Rows of pupils who were erased: dropped.</summary>
    public long Erased { get; init; }

    /// <summary>Set when the batch failed for good: its school pauses until it is replayed or given up.</summary>
    public bool Failed { get; init; }

    /// <summary>Set when a person gave the batch up: nothing of it counts.</summary>
    public Abandonment? Abandoned { get; init; }

    /// <summary>What the batch said of pupils it did not name; null if nothing.</summary>
    public SilentStatement? Silence { get; init; }

    /// <summary>Who was on roll when the batch spoke for those it did not name (<see cref="Attendance.Ledger.SchoolRoll.Fingerprint"/>); null if it did not.</summary>
    public string? Roll { get; init; }
}

/// <summary>A feed and everything its batches have reported.</summary>
public sealed record FeedReport(FeedStatus Status, IReadOnlyList<BatchResult> Results)
{
    public long Changed => Results.Sum(r => r.Changed);

    public long Unchanged => Results.Sum(r => r.Unchanged);

    public long Superseded => Results.Sum(r => r.Superseded);

    public long Filled => Results.Sum(r => r.Filled);

    public long TwiceStated => Results.Sum(r => r.TwiceStated);

    public long OutsideCalendar => Results.Sum(r => r.OutsideCalendar);

    public long OutsideEnrollment => Results.Sum(r => r.OutsideEnrollment);

    public long SectionEvents => Results.Sum(r => r.SectionEvents);

    /// <summary>Rows of pupils who were erased: dropped, in reading and in applying.</summary>
    public long Erased => Status.Erased + Results.Sum(r => r.Erased);

    public long UnknownStudents => Results.Sum(r => r.UnknownStudents);

    /// <summary>Rows refused by reason, in reading and in applying.</summary>
    public IReadOnlyDictionary<RefusalReason, long> RefusedBecause
    {
        get
        {
            var because = new SortedDictionary<RefusalReason, long>();
            foreach (var (reason, count) in Status.RefusedRows) Add(reason, count);
            Add(RefusalReason.UnknownStudent, UnknownStudents);
            Add(RefusalReason.UnknownSchool, Results.Sum(r => r.UnknownSchool));
            return because;

            void Add(RefusalReason reason, long count)
            {
                if (count > 0) because[reason] = because.GetValueOrDefault(reason) + count;
            }
        }
    }

    public long Refused => RefusedBecause.Values.Sum();

    public bool AllBatchesReported => Status.Split is { } split && Results.Count >= split.Batches;

    public bool AnyFailed => Results.Any(r => r.Failed);

    /// <summary>What the sender should know, the schools whose part failed or was given up included.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Notes,
        .. from result in Results
           let abandoned = result.Abandoned
           where abandoned is not null
           select $"The part of {result.School} was given up on {abandoned.At:yyyy-MM-dd}: {abandoned.Reason} What it would have said counts as unknown.",
    ];

    /// <summary>Without the parts given up, for a page that lists those with who decided it.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var warnings = Status.Warnings.ToList();
            if (AnyFailed)
            {
                var failed = string.Join(", ", Results.Where(r => r.Failed).Select(r => r.School).Distinct());
                warnings.Add($"The part of {failed} could not be applied after repeated attempts. Nothing is lost: it waits for its replay, and the screening there rests until then.");
            }
            return warnings;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true, Converters = [typeof(FeedIdJson), typeof(AuditActorJson)])]
[JsonSerializable(typeof(FeedStatus))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(FeedBatch[]))]
internal sealed partial class FeedJson : JsonSerializerContext;

internal sealed class FeedIdJson : JsonConverter<FeedId>
{
    public override FeedId Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
        FeedId.Parse(reader.GetString() ?? "");

    public override void Write(System.Text.Json.Utf8JsonWriter writer, FeedId value, System.Text.Json.JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
