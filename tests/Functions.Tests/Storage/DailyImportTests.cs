using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Tests.Attendance;
using static SchoolSignal.Functions.Tests.Attendance.LedgerView;

namespace SchoolSignal.Functions.Tests.Storage;

/// <summary>What a day's import writes to each partition: under what Table Storage publishes for one in a single second, however fast
/// it comes.</summary>
public sealed class DailyImportTests(ITestOutputHelper output)
{
    private const int PublishedRowsPerSecond = 2_000;

    [Fact]
    public async Task Import_OfALargeSchoolsDay_WritesFewerRowsToAPartitionThanASecondAllows()
    {
        const int Pupils = 3_000;
        var written = new ConcurrentDictionary<(TableName, PartitionKey), int>();
        var counting = false;
        await using var app = new LocalApp(
            new DateOnly(2026, 2, 13),
            configure: services => services.AddSingleton<ITableStore>(provider => new CountingStore(StoreSwitch.StoreOf(provider), (table, partition, rows) =>
            {
                if (Volatile.Read(ref counting)) written.AddOrUpdate((table, partition), rows, (_, before) => before + rows);
            })));
        await app.Get<DistrictSettingsStore>().ChangeAsync(
            (settings, _) => ValueTask.FromResult(settings with { LegalBasis = new LegalBasis(LegalBasisKind.Demonstration, "A test's pupils.") }), default);
        await app.SendAsync("studentUniqueId,schoolId,enrolDate\n" + string.Concat(Enumerable.Range(0, Pupils).Select(i => $"p{i},North,2025-09-01\n")), Roster);
        for (var day = 9; day <= 12; day++) await app.SendAsync(Day(day), Register);
        Volatile.Write(ref counting, true);
        await app.SendAsync(Day(13), Register);

        var (place, most) = written.MaxBy(pair => pair.Value);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Pupils} pupils of one school: {written.Values.Sum()} rows in {written.Count} partitions, at most {most} in one ({place.Item1})."));
        Assert.InRange(most, 1, PublishedRowsPerSecond / 4);

        static string Day(int day)
        {
            var file = new StringBuilder("date,schoolId,studentUniqueId,code\n");
            for (var i = 0; i < Pupils; i++) file.Append(CultureInfo.InvariantCulture, $"2026-02-{day:D2},North,p{i},{(i % 20 == day % 7 ? 'O' : '/')}\n");
            return file.ToString();
        }
    }

    private sealed class CountingStore(ITableStore inner, Action<TableName, PartitionKey, int> written) : ITableStore
    {
        public ValueTask<TableRow?> GetAsync(TableName table, PartitionKey partition, RowKey key, CancellationToken cancellationToken) =>
            inner.GetAsync(table, partition, key, cancellationToken);

        public IAsyncEnumerable<TableRow> QueryAsync(TableName table, PartitionKey partition, RowKeyRange range, CancellationToken cancellationToken) =>
            inner.QueryAsync(table, partition, range, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(TableName table, PartitionKey partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
        {
            written(table, partition, changes.Count);
            return inner.CommitAsync(table, partition, changes, cancellationToken);
        }
    }
}
