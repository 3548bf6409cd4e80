using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>What became of a form or concern that was to be stored.</summary>
public enum ObservationSaved
{
    Stored,
    /// <summary>It was there already, word for word; nothing was written.</summary>
    AlreadyStored,
    /// <summary>The sender's key was used before for that pupil and day with other content; the first one stands.</summary>
    KeyUsedBefore,
}

/// <summary>A stored form and its note.</summary>
public sealed record StoredObservation(Observation Observation, string? Note);

/// <summary>Forms and safeguarding concerns in the pupil's own partition of table <c>pupils</c>: rows
/// <c>V|school|yyyyMMdd|student|form</c> and <c>G|student|concern</c>, written once and never changed. A stored form asks for
/// the pupil's re-screening (queue <c>screenings</c>, kind <see cref="PupilKind"/>) in the same commit.</summary>
public sealed class ObservationStore(ITableStore store, Outbox outbox, DistrictId district, PupilPartitions partitions)
{
    /// <summary>Kind of the message; ids: district, student, school, date (yyyy-MM-dd).</summary>
    public const string PupilKind = "pupil";

    private const string FormPrefix = "V";
    private const string ConcernPrefix = "G";

    public async Task<ObservationSaved> SaveAsync(Observation observation, string? note, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(observation.Student);
        var key = RowKey.Of(FormPrefix, observation.School.Value, Day(observation.Date), observation.Student.ToString(), observation.Id.ToString());
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ObservationRow(observation.Observer, Pack(observation.Items), note), ObservationJson.Default.ObservationRow);
        var message = Envelope.First(
            $"observation|{observation.Id}", PupilKind,
            ("district", district.Value), ("student", observation.Student.ToString()), ("school", observation.School.Value),
            ("date", observation.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        var saved = await InsertAsync(partition, key, body, [Outbox.Row(QueueName.Screenings, message)], cancellationToken);
        if (saved == ObservationSaved.Stored) await outbox.RelayAsync(TableName.Pupils, partition, cancellationToken);
        return saved;
    }

    /// <summary>Keeps a concern, whoever it is about: opt-out and legal basis do not come into it.</summary>
    public async Task<ObservationSaved> SaveConcernAsync(SafeguardingConcern concern, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(concern, ObservationJson.Default.SafeguardingConcern);
        var partition = partitions.Of(concern.Student);
        var key = RowKey.Of(ConcernPrefix, concern.Student.ToString(), concern.Id.ToString("N"));
        if (await store.CommitAsync(TableName.Pupils, partition, [new RowChange.Insert(key, body)], cancellationToken) is CommitResult.Committed)
            return ObservationSaved.Stored;
        return ObservationSaved.AlreadyStored;
    }

    /// <summary>The school's forms from <paramref name="from"/> to <paramref name="to"/>, both inclusive; a pupil's in order of date.</summary>
    public async Task<IReadOnlyDictionary<StudentKey, IReadOnlyList<Observation>>> ReadSchoolAsync(
        SchoolId school, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var rows = await PupilRows.ReadAllAsync(store, partitions, Range(school, from, to), row => Read(row).Observation, cancellationToken);
        var byStudent = new Dictionary<StudentKey, IReadOnlyList<Observation>>();
        foreach (var group in rows.GroupBy(o => o.Student)) byStudent.Add(group.Key, [.. group.OrderBy(o => o.Date)]);
        return byStudent;
    }

    /// <summary>One pupil's forms at the given schools over the days, both inclusive, in order of date.</summary>
    public async Task<IReadOnlyList<Observation>> ReadPupilAsync(
        StudentKey student, IReadOnlyCollection<SchoolId> schools, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var forms = new List<Observation>();
        foreach (var school in schools)
            await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(student), Range(school, from, to), cancellationToken))
                if (IsOf(row, student)) forms.Add(Read(row).Observation);
        return [.. forms.OrderBy(o => o.Date)];
    }

    /// <summary>Everything held on a pupil, notes included. Reads the forms of the pupil's whole partition: for subject access.</summary>
    public async Task<(IReadOnlyList<StoredObservation> Forms, IReadOnlyList<SafeguardingConcern> Concerns)> ReadPupilAsync(
        StudentKey student, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(student);
        var forms = new List<StoredObservation>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under(FormPrefix), cancellationToken))
            if (IsOf(row, student)) forms.Add(Read(row));
        var concerns = new List<SafeguardingConcern>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under(ConcernPrefix, student.ToString()), cancellationToken))
            concerns.Add(JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.SafeguardingConcern)!);
        return ([.. forms.OrderBy(f => f.Observation.Date)], concerns);
    }

    private async Task<ObservationSaved> InsertAsync(
        PartitionKey partition, RowKey key, byte[] body, IReadOnlyList<RowChange> messages, CancellationToken cancellationToken)
    {
        if (await store.CommitAsync(TableName.Pupils, partition, [new RowChange.Insert(key, body), .. messages], cancellationToken) is CommitResult.Committed)
            return ObservationSaved.Stored;
        return await store.GetAsync(TableName.Pupils, partition, key, cancellationToken) is { } row && row.Body.Span.SequenceEqual(body)
            ? ObservationSaved.AlreadyStored
            : ObservationSaved.KeyUsedBefore;
    }

    private static RowKeyRange Range(SchoolId school, DateOnly from, DateOnly to) =>
        RowKeyRange.Between([FormPrefix, school.Value], Day(from), Day(to));

    private static string Day(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static bool IsOf(TableRow row, StudentKey student) => StudentKey.Parse(row.Key.Parts()[3]) == student;

    private static StoredObservation Read(TableRow row)
    {
        var parts = row.Key.Parts();
        var body = JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.ObservationRow)!;
        return new StoredObservation(
            new Observation(
                new ObservationId(Guid.ParseExact(parts[4], "N")), StudentKey.Parse(parts[3]), SchoolId.Parse(parts[1]),
                DateOnly.ParseExact(parts[2], "yyyyMMdd", CultureInfo.InvariantCulture), body.Observer, Unpack(body.Items)),
            body.Note);
    }

    private static string Pack(IReadOnlyList<byte?> items) =>
        string.Create(Observation.ItemCount, items, static (text, answers) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = answers[i] is { } answer ? (char)('0' + answer) : '-';
        });

    private static byte?[] Unpack(string text)
    {
        var items = new byte?[text.Length];
        for (var i = 0; i < text.Length; i++) items[i] = text[i] == '-' ? null : (byte)(text[i] - '0');
        return items;
    }
}

/// <summary>A form's row beside what its key says.</summary>
/// <param name="Items">Thirteen characters, a digit or '-' each.</param>
internal sealed record ObservationRow(string Observer, string Items, string? Note);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(StudentKeyJson), typeof(SchoolIdJson)])]
[JsonSerializable(typeof(ObservationRow))]
[JsonSerializable(typeof(SafeguardingConcern))]
internal sealed partial class ObservationJson : JsonSerializerContext;
