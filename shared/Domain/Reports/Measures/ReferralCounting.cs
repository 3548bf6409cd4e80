using SchoolSignal.Domain.Attendance;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Reports.Measures;

/// <summary>Counts the referrals of a period by reading the histories of every pupil partition, one key range each, referral by
/// referral: what is in memory at a time is one history for each partition being read, and the counts.</summary>
public sealed class ReferralCounting(ITableStore store, PupilPartitions partitions)
{
    /// <summary>Few enough not to starve an import that runs beside it.</summary>
    private const int Parallel = 8;

    /// <summary>By school; schools without a referral in the period are left out.</summary>
    /// <param name="optedOut">Pupils who count nowhere.</param>
    /// <param name="daysOf">A school's days of the year the period lies in.</param>
    public async Task<IReadOnlyDictionary<SchoolId, ReferralCounts>> CountAsync(
        ReportPeriod period, DistrictProfile profile, IReadOnlySet<StudentKey> optedOut, Func<SchoolId, SchoolDays> daysOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(daysOf);
        var tallies = new Dictionary<SchoolId, ReferralTally>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            partitions.All(),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (partition, stop) =>
            {
                await foreach (var time in TimesAsync(partition, period, profile, optedOut, stop))
                    lock (tallies) TallyOf(time.School).Add(time);
            });
        return tallies.ToDictionary(t => t.Key, t => t.Value.Counts);

        ReferralTally TallyOf(SchoolId school) =>
            tallies.TryGetValue(school, out var known) ? known : tallies[school] = new ReferralTally(daysOf(school));
    }

    private async IAsyncEnumerable<ReferralTime> TimesAsync(
        PartitionKey partition, ReportPeriod period, DistrictProfile profile, IReadOnlySet<StudentKey> optedOut,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (student, number) = ("", "");
        var history = new List<ReferralEntry>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, ReferralRows.Histories, cancellationToken))
        {
            var parts = row.Key.Parts();
            if (parts[1] != student || parts[2] != number)
            {
                foreach (var time in Ended()) yield return time;
                (student, number) = (parts[1], parts[2]);
                history.Clear();
            }
            history.Add(ReferralRows.ReadEntry(row));
        }
        foreach (var time in Ended()) yield return time;

        IEnumerable<ReferralTime> Ended() => history.Count == 0 || optedOut.Contains(StudentKey.Parse(student))
            ? []
            : ReferralTimes.Of(history, profile).Where(time => period.Contains(time.Day));
    }
}
