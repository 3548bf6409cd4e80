using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Roster;

/// <summary>A pupil's place in a class, both dates inclusive; null is open.</summary>
public readonly record struct ClassPlace(StudentKey Student, DateOnly? Begin, DateOnly? End)
{
    public bool Covers(DateOnly date) => (Begin is null || Begin <= date) && (End is null || End >= date);
}

/// <summary>A class and the pupils in it.</summary>
/// <param name="Title">As the roster names it; the id where it gives no title.</param>
public sealed record ClassRoll(SchoolClass Class, string Title, IReadOnlyList<ClassPlace> Places)
{
    public IEnumerable<StudentKey> On(DateOnly date) => Places.Where(place => place.Covers(date)).Select(place => place.Student).Distinct();
}

/// <summary>Who is in which class: table <c>schools</c>, partition (district, school), row <c>G|class</c> for a teaching group. The
/// pupils of a teacher's classes are one short read for each class.</summary>
public sealed class ClassStore(ITableStore store, DistrictId district)
{
    /// <summary>More pupils than this are a whole school's list and nobody's own class. Inclusive.</summary>
    public const int MaxPupils = 1_500;

    private const string Rows = "G";
    private const int PlaceBytes = StudentKey.Size + 2 * sizeof(int);

    /// <summary>Null for a class the roster never named.</summary>
    public async ValueTask<ClassRoll?> FindAsync(SchoolClass of, CancellationToken cancellationToken) =>
        await store.GetAsync(TableName.Schools, PartitionOf(of.School), KeyOf(of.Class), cancellationToken) is { } row ? Read(of.School, row) : null;

    /// <summary>The rolls of the classes that there are, in the order asked for.</summary>
    public async Task<List<ClassRoll>> ReadAsync(IEnumerable<SchoolClass> classes, CancellationToken cancellationToken)
    {
        var rolls = new List<ClassRoll>();
        foreach (var of in classes)
            if (await FindAsync(of, cancellationToken) is { } roll) rolls.Add(roll);
        return rolls;
    }

    /// <summary>Every class of a school, by id.</summary>
    public async Task<List<ClassRoll>> OfSchoolAsync(SchoolId school, CancellationToken cancellationToken)
    {
        var rolls = new List<ClassRoll>();
        await foreach (var row in store.QueryAsync(TableName.Schools, PartitionOf(school), RowKeyRange.Under(Rows), cancellationToken))
            rolls.Add(Read(school, row));
        return rolls;
    }

    /// <summary>Puts the class as stated in the place of what was held.</summary>
    /// <returns>Whether that changed anything.</returns>
    /// <exception cref="ArgumentException">More than <see cref="MaxPupils"/> places.</exception>
    public async Task<bool> SaveAsync(ClassRoll roll, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(roll);
        if (roll.Places.Count > MaxPupils) throw new ArgumentException($"More than {MaxPupils} pupils.", nameof(roll));
        var (partition, key, body) = (PartitionOf(roll.Class.School), KeyOf(roll.Class.Class), Write(roll));
        while (true)
        {
            var held = await store.GetAsync(TableName.Schools, partition, key, cancellationToken);
            if (held is { } same && same.Body.Span.SequenceEqual(body)) return false;
            RowChange change = held is { } row ? new RowChange.Replace(key, row.ETag, body) : new RowChange.Insert(key, body);
            if (await store.CommitAsync(TableName.Schools, partition, [change], cancellationToken) is CommitResult.Committed) return true;
        }
    }

    /// <summary>Takes a class out that the roster no longer names.</summary>
    public async Task RemoveAsync(SchoolClass of, CancellationToken cancellationToken)
    {
        var (partition, key) = (PartitionOf(of.School), KeyOf(of.Class));
        while (await store.GetAsync(TableName.Schools, partition, key, cancellationToken) is { } row)
            if (await store.CommitAsync(TableName.Schools, partition, [new RowChange.Delete(key, row.ETag)], cancellationToken) is CommitResult.Committed) return;
    }

    private PartitionKey PartitionOf(SchoolId school) => PartitionKey.Of(district.Value, school.Value);

    private static RowKey KeyOf(ClassId id) => RowKey.Of(Rows, id.Value);

    private static ClassRoll Read(SchoolId school, TableRow row)
    {
        var stored = JsonSerializer.Deserialize(row.Body.Span, ClassJson.Default.ClassRow)!;
        var places = new List<ClassPlace>();
        for (var rest = stored.Pupils.AsSpan(); !rest.IsEmpty; rest = rest[PlaceBytes..])
            places.Add(new ClassPlace(
                new StudentKey(new Guid(rest[..StudentKey.Size])), DayAt(rest[StudentKey.Size..]), DayAt(rest[(StudentKey.Size + sizeof(int))..])));
        return new ClassRoll(new SchoolClass(school, ClassId.Parse(row.Key.Parts()[1])), stored.Title, places);

        static DateOnly? DayAt(ReadOnlySpan<byte> bytes) =>
            BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 0 and var day ? DateOnly.FromDayNumber(day) : null;
    }

    private static byte[] Write(ClassRoll roll)
    {
        var pupils = new byte[roll.Places.Count * PlaceBytes];
        var rest = pupils.AsSpan();
        foreach (var place in roll.Places.OrderBy(p => p.Student).ThenBy(p => p.Begin))
        {
            place.Student.Value.TryWriteBytes(rest);
            BinaryPrimitives.WriteInt32LittleEndian(rest[StudentKey.Size..], place.Begin?.DayNumber ?? -1);
            BinaryPrimitives.WriteInt32LittleEndian(rest[(StudentKey.Size + sizeof(int))..], place.End?.DayNumber ?? -1);
            rest = rest[PlaceBytes..];
        }
        return JsonSerializer.SerializeToUtf8Bytes(new ClassRow(roll.Title, pupils), ClassJson.Default.ClassRow);
    }
}

/// <param name="Pupils">For each place the key, then first and last day as day numbers, -1 where open.</param>
internal sealed record ClassRow(string Title, byte[] Pupils);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClassRow))]
internal sealed partial class ClassJson : JsonSerializerContext;
