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

/// <summary>A form with the version of its row.</summary>
public sealed record VersionedObservation(StoredObservation Form, ETag Version);

/// <summary>Forms and safeguarding concerns in the pupil's own partition of table <c>pupils</c>: rows
/// <c>V|school|yyyyMMdd|student|form</c>, <c>VH|student|form|revision</c> for what a corrected form said before, and
/// <c>G|student|concern</c>. Every change of a form asks for the pupil's re-screening (queue <c>screenings</c>, kind
/// <see cref="PupilKind"/>), and every concern for people (queue <c>urgent</c>, <see cref="ConcernRaised"/>), in the same commit.</summary>
public sealed class ObservationStore(ITableStore store, Outbox outbox, DistrictId district, PupilPartitions partitions)
{
    /// <summary>Kind of the message; ids: district, student, school, date (yyyy-MM-dd).</summary>
    public const string PupilKind = "pupil";

    private const string FormPrefix = "V";
    private const string HistoryPrefix = "VH";
    private const string ConcernPrefix = "G";

    /// <summary>A form of an import.</summary>
    public Task<ObservationSaved> SaveAsync(Observation observation, string? note, CancellationToken cancellationToken) =>
        SaveAsync(new StoredObservation(observation, note), [], cancellationToken);

    /// <param name="also">What else the commit holds, in the pupil's partition.</param>
    public async Task<ObservationSaved> SaveAsync(StoredObservation form, IReadOnlyList<RowChange> also, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(form.Observation.Student);
        var key = KeyOf(form.Observation);
        var body = ObservationRow.Write(form);
        if (await outbox.CommitAsync(
                TableName.Pupils, partition, [new RowChange.Insert(key, body), RescreeningOf(form), .. also], cancellationToken) is CommitResult.Committed)
            return ObservationSaved.Stored;
        return await store.GetAsync(TableName.Pupils, partition, key, cancellationToken) is { } row && row.Body.Span.SequenceEqual(body)
            ? ObservationSaved.AlreadyStored
            : ObservationSaved.KeyUsedBefore;
    }

    /// <summary>Puts another revision in the form's place and keeps what it said before.</summary>
    /// <returns>False if somebody changed it first.</returns>
    public async Task<bool> ReplaceAsync(
        VersionedObservation before, StoredObservation after, IReadOnlyList<RowChange> also, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(after.Observation.Student);
        List<RowChange> changes = [new RowChange.Replace(KeyOf(after.Observation), before.Version, ObservationRow.Write(after)), RescreeningOf(after), .. also];
        if (after.Note != before.Form.Note || !after.Observation.Items.SequenceEqual(before.Form.Observation.Items))
            changes.Add(new RowChange.Insert(HistoryKeyOf(before.Form), ObservationRow.Write(before.Form)));
        return await outbox.CommitAsync(TableName.Pupils, partition, changes, cancellationToken) is CommitResult.Committed;
    }

    public async ValueTask<VersionedObservation?> FindAsync(
        StudentKey student, SchoolId school, DateOnly date, ObservationId id, CancellationToken cancellationToken)
    {
        var key = RowKey.Of(FormPrefix, school.Value, Day(date), student.ToString(), id.ToString());
        return await store.GetAsync(TableName.Pupils, partitions.Of(student), key, cancellationToken) is { } row
            ? new VersionedObservation(Read(row), row.ETag)
            : null;
    }

    /// <summary>Keeps a concern, whoever it is about: opt-out and legal basis do not come into it.</summary>
    /// <param name="also">What else the commit holds, in the pupil's partition.</param>
    public async Task<ObservationSaved> SaveConcernAsync(SafeguardingConcern concern, IReadOnlyList<RowChange> also, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(concern.Student);
        return await outbox.CommitAsync(TableName.Pupils, partition, [.. ConcernRows(concern), .. also], cancellationToken) is CommitResult.Committed
            ? ObservationSaved.Stored
            : ObservationSaved.AlreadyStored;
    }

    /// <summary>The rows that keep a new concern and send it on its way, for a commit of the pupil's partition.</summary>
    public IReadOnlyList<RowChange> ConcernRows(SafeguardingConcern concern) =>
    [
        new RowChange.Insert(
            RowKey.Of(ConcernPrefix, concern.Student.ToString(), concern.Id.ToString("N")),
            JsonSerializer.SerializeToUtf8Bytes(concern, ObservationJson.Default.SafeguardingConcern)),
        Outbox.Row(QueueName.Urgent, ConcernRaised.Message(district, concern)),
    ];

    public async ValueTask<SafeguardingConcern?> FindConcernAsync(StudentKey student, Guid id, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Pupils, partitions.Of(student), RowKey.Of(ConcernPrefix, student.ToString(), id.ToString("N")), cancellationToken) is { } row
            ? JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.SafeguardingConcern)
            : null;

    /// <summary>The school's forms that count, from <paramref name="from"/> to <paramref name="to"/>, both inclusive; a pupil's in order of date.</summary>
    public async Task<IReadOnlyDictionary<StudentKey, IReadOnlyList<Observation>>> ReadSchoolAsync(
        SchoolId school, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var rows = await PupilRows.ReadAllAsync(store, partitions, Range(school, from, to), Read, cancellationToken);
        var byStudent = new Dictionary<StudentKey, IReadOnlyList<Observation>>();
        foreach (var group in rows.Where(f => !f.IsWithdrawn).Select(f => f.Observation).GroupBy(o => o.Student))
            byStudent.Add(group.Key, [.. group.OrderBy(o => o.Date)]);
        return byStudent;
    }

    /// <summary>One pupil's forms that count, at the given schools over the days, both inclusive, in order of date.</summary>
    public async Task<IReadOnlyList<Observation>> ReadPupilAsync(
        StudentKey student, IReadOnlyCollection<SchoolId> schools, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        [.. (await ReadFormsAsync(student, schools, from, to, cancellationToken)).Select(form => form.Observation)];

    /// <summary>The same with their notes.</summary>
    public async Task<IReadOnlyList<StoredObservation>> ReadFormsAsync(
        StudentKey student, IReadOnlyCollection<SchoolId> schools, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var forms = new List<StoredObservation>();
        foreach (var school in schools)
            await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(student), Range(school, from, to), cancellationToken))
                if (IsOf(row, student) && Read(row) is { IsWithdrawn: false } form) forms.Add(form);
        return [.. forms.OrderBy(form => form.Observation.Date)];
    }

    /// <summary>Everything held on a pupil, notes, withdrawn forms and earlier answers included. Reads the forms of the pupil's
    /// whole partition: for subject access.</summary>
    public async Task<(IReadOnlyList<StoredObservation> Forms, IReadOnlyList<SafeguardingConcern> Concerns)> ReadPupilAsync(
        StudentKey student, CancellationToken cancellationToken)
    {
        var partition = partitions.Of(student);
        var earlier = new Dictionary<ObservationId, List<EarlierAnswers>>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under(HistoryPrefix, student.ToString()), cancellationToken))
        {
            var id = new ObservationId(Guid.ParseExact(row.Key.Parts()[2], "N"));
            if (!earlier.TryGetValue(id, out var list)) earlier[id] = list = [];
            list.Add(ObservationRow.Read(row.Body.Span).ToEarlier());
        }
        var forms = new List<StoredObservation>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under(FormPrefix), cancellationToken))
            if (IsOf(row, student) && Read(row) is var form)
                forms.Add(earlier.TryGetValue(form.Observation.Id, out var before) ? form with { Earlier = before } : form);
        var concerns = new List<SafeguardingConcern>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under(ConcernPrefix, student.ToString()), cancellationToken))
            concerns.Add(JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.SafeguardingConcern)!);
        return ([.. forms.OrderBy(f => f.Observation.Date)], concerns);
    }

    /// <summary>The versions of the forms that count over the days, both inclusive, by pupil: two that differ mean that a form
    /// came, changed or went in between.</summary>
    /// <param name="student">The pupil alone; null for all of the school.</param>
    public async Task<IReadOnlyDictionary<StudentKey, int>> ReadVersionsAsync(
        SchoolId school, StudentKey? student, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var rows = new List<(StudentKey Student, ETag Version)>();
        if (student is { } one)
        {
            await foreach (var row in store.QueryAsync(TableName.Pupils, partitions.Of(one), Range(school, from, to), cancellationToken))
                if (IsOf(row, one)) rows.Add((one, row.ETag));
        }
        else
        {
            rows = await PupilRows.ReadAllAsync(
                store, partitions, Range(school, from, to), row => (StudentKey.Parse(row.Key.Parts()[3]), row.ETag), cancellationToken);
        }
        return rows.GroupBy(r => r.Student).ToDictionary(g => g.Key, g => g.Aggregate(0, (hash, r) => HashCode.Combine(hash, r.Version)));
    }

    private RowChange RescreeningOf(StoredObservation form)
    {
        var observation = form.Observation;
        // The first revision's key is the one that forms had before they could be corrected.
        var key = form.Revision == 1 ? $"observation|{observation.Id}" : string.Create(CultureInfo.InvariantCulture, $"observation|{observation.Id}|{form.Revision}");
        return Outbox.Row(QueueName.Screenings, Envelope.First(
            key, PupilKind,
            ("district", district.Value), ("student", observation.Student.ToString()), ("school", observation.School.Value),
            ("date", observation.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
    }

    private static RowKey KeyOf(Observation form) =>
        RowKey.Of(FormPrefix, form.School.Value, Day(form.Date), form.Student.ToString(), form.Id.ToString());

    private static RowKey HistoryKeyOf(StoredObservation form) => RowKey.Of(
        HistoryPrefix, form.Observation.Student.ToString(), form.Observation.Id.ToString(), form.Revision.ToString("D6", CultureInfo.InvariantCulture));

    private static RowKeyRange Range(SchoolId school, DateOnly from, DateOnly to) =>
        RowKeyRange.Between([FormPrefix, school.Value], Day(from), Day(to));

    private static string Day(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static bool IsOf(TableRow row, StudentKey student) => StudentKey.Parse(row.Key.Parts()[3]) == student;

    private static StoredObservation Read(TableRow row)
    {
        var parts = row.Key.Parts();
        var body = ObservationRow.Read(row.Body.Span);
        return body.ToStored(
            new ObservationId(Guid.ParseExact(parts[4], "N")), StudentKey.Parse(parts[3]), SchoolId.Parse(parts[1]),
            DateOnly.ParseExact(parts[2], "yyyyMMdd", CultureInfo.InvariantCulture));
    }
}
