using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Erasure;

/// <summary>A partition of a table.</summary>
public readonly record struct KnownPartition(TableName Table, PartitionKey Key);

/// <summary>Every partition a district's rows lie in, by what the district knows of itself: its schools and years, buckets, staff, months
/// and chains. No table is scanned; a test holds the list against every row of a database.</summary>
public sealed class KnownPartitions(
    ITableStore store, SchoolRegistry registry, StaffStore staff, DistrictSettingsStore settings, FeedStore feeds, PupilPartitions pupils,
    TimeProvider time, DistrictId district)
{
    /// <summary>No feed is older: months are asked for one by one, and an empty one costs next to nothing.</summary>
    public static readonly DateOnly FirstMonth = new(2015, 1, 1);

    /// <summary>Every row of a partition: '!' is the first character a key can begin with that is no control or space.</summary>
    public static RowKeyRange EveryRow { get; } = new("!", "\uFFFF");

    /// <summary>What was read of a directory's classes last; read anew where it is missing.</summary>
    internal const string RosterDirectory = "roster-directory";

    /// <summary>Whoever is signed in before there is a staff list.</summary>
    private static readonly StaffId AtThisMachine = StaffId.Parse("local");

    public static PartitionKey OfSchool(DistrictId district, SchoolId school) => PartitionKey.Of(district.Value, school.Value);

    public static PartitionKey OfNoSchool(DistrictId district) => PartitionKey.Of(district.Value, "*");

    public static PartitionKey OfStaff(DistrictId district, StaffId member) => PartitionKey.Of(district.Value, "staff", member.Value);

    internal static async Task<List<StaffId>> StaffAsync(StaffStore staff, CancellationToken cancellationToken)
    {
        var all = (await staff.ListAsync(cancellationToken)).Select(member => member.Id).ToList();
        if (!all.Contains(AtThisMachine)) all.Add(AtThisMachine);
        return all;
    }

    /// <summary>Months that may have feeds, as feeds name them, the newest last.</summary>
    public IEnumerable<string> Months()
    {
        var last = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddMonths(1);
        for (var month = FirstMonth; month <= last; month = month.AddMonths(1)) yield return month.ToString("yyyyMM", CultureInfo.InvariantCulture);
    }

    /// <summary>Schools and years that have, or were refused, a register: of the registry, and of every feed.</summary>
    public async Task<IReadOnlyCollection<(SchoolId School, SchoolYear Year)>> SchoolYearsAsync(CancellationToken cancellationToken)
    {
        var firstMonth = (await settings.ReadAsync(cancellationToken)).Settings.FirstMonth;
        var years = new SortedSet<(SchoolId School, SchoolYear Year)>(Comparer<(SchoolId School, SchoolYear Year)>.Create(
            (a, b) => a.School == b.School ? a.Year.EndYear.CompareTo(b.Year.EndYear) : a.School.CompareTo(b.School)));
        foreach (var endYear in await registry.YearsAsync(cancellationToken))
            foreach (var school in await registry.InYearAsync(new SchoolYear(endYear, firstMonth), cancellationToken)) years.Add((school, new SchoolYear(endYear, firstMonth)));
        foreach (var month in Months())
            foreach (var batch in await feeds.BatchesInMonthAsync(month, cancellationToken))
                if (SchoolId.TryParse(batch.School, out var school)) years.Add((school, new SchoolYear(batch.EndYear, firstMonth)));
        return years;
    }

    /// <summary>Schools that anything speaks of: registers, staff, and concerns of schools nobody is enrolled in.</summary>
    public async Task<IReadOnlyCollection<SchoolId>> SchoolsAsync(CancellationToken cancellationToken)
    {
        var schools = new SortedSet<SchoolId>((await SchoolYearsAsync(cancellationToken)).Select(of => of.School));
        foreach (var member in await staff.ListAsync(cancellationToken)) schools.UnionWith([.. member.Schools, .. member.Classes.Select(c => c.School)]);
        foreach (var partition in pupils.All())
        {
            await foreach (var row in store.QueryAsync(TableName.Pupils, partition, RowKeyRange.Under("G"), cancellationToken))
                if (JsonSerializer.Deserialize(row.Body.Span, ObservationJson.Default.SafeguardingConcern)?.School is { } school) schools.Add(school);
        }
        return schools;
    }

    public async IAsyncEnumerable<KnownPartition> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var of in await AuditAsync(cancellationToken)) yield return of;
        yield return new KnownPartition(TableName.District, PartitionKey.Of(district.Value));
        var digests = WeeklyDigests.PlaceOf(district);
        yield return new KnownPartition(digests.Table, digests.Partition);
        foreach (var name in new[] { "sending", RosterDirectory }) yield return new KnownPartition(TableName.District, PartitionKey.Of(district.Value, name));
        yield return new KnownPartition(TableName.Reports, PartitionKey.Of(district.Value));
        yield return new KnownPartition(TableName.Reports, PartitionKey.Of(district.Value, "privacy"));
        foreach (var month in Months()) yield return new KnownPartition(TableName.Feeds, PartitionKey.Of(district.Value, month));
        foreach (var name in new[] { "hash", "failures" }) yield return new KnownPartition(TableName.Feeds, PartitionKey.Of(district.Value, name));
        foreach (var (school, year) in await SchoolYearsAsync(cancellationToken))
        {
            yield return new KnownPartition(TableName.Attendance, LedgerKeys.Partition(district, school, year));
            yield return new KnownPartition(TableName.Directory, SchoolRolls.SealedPartition(district, school, year));
        }
        foreach (var partition in pupils.All())
        {
            yield return new KnownPartition(TableName.Directory, partition);
            yield return new KnownPartition(TableName.Pupils, partition);
        }
        for (var bucket = 0; bucket < pupils.Count; bucket++) yield return new KnownPartition(TableName.Directory, BackupKeys.PartitionOf(district, bucket));
        foreach (var name in new[] { "erased", "rekey" }) yield return new KnownPartition(TableName.Directory, PartitionKey.Of(district.Value, name));
        foreach (var school in await SchoolsAsync(cancellationToken)) yield return new KnownPartition(TableName.Schools, OfSchool(district, school));
        yield return new KnownPartition(TableName.Schools, OfNoSchool(district));
        foreach (var member in await StaffAsync(staff, cancellationToken)) yield return new KnownPartition(TableName.Schools, OfStaff(district, member));
    }

    /// <summary>The register of chains first, then each chain's months.</summary>
    private async Task<List<KnownPartition>> AuditAsync(CancellationToken cancellationToken) =>
    [
        new KnownPartition(TableName.Audit, ChainMonths.Registry(district)),
        .. (await ChainMonths.ReadAsync(store, district, cancellationToken)).Select(m => new KnownPartition(TableName.Audit, ChainRows.Partition(district.Value, m.Place))),
    ];
}
