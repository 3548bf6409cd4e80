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
    /// <summary>Of one pupil, moments of a kind that count in one period. A pupil has one referral at a time, so more are rarer than a
    /// slip, and a report with chance added must know how much one pupil can change.</summary>
    public const int MostOfPupil = 2;

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
        var ofPupil = new List<ReferralTime>();
        await foreach (var row in store.QueryAsync(TableName.Pupils, partition, ReferralRows.Histories, cancellationToken))
        {
            var parts = row.Key.Parts();
            if (parts[1] != student || parts[2] != number) EndReferral();
            if (parts[1] != student)
            {
                foreach (var time in EndPupil()) yield return time;
            }
            (student, number) = (parts[1], parts[2]);
            history.Add(ReferralRows.ReadEntry(row));
        }
        EndReferral();
        foreach (var time in EndPupil()) yield return time;

        void EndReferral()
        {
            ofPupil.AddRange(ReferralTimes.Of(history, profile).Where(time => period.Contains(time.Day)));
            history.Clear();
        }

        List<ReferralTime> EndPupil()
        {
            List<ReferralTime> counted = ofPupil.Count == 0 || optedOut.Contains(StudentKey.Parse(student))
                ? []
                : [.. ofPupil.GroupBy(time => time.Moment).SelectMany(moments => moments.Take(MostOfPupil))];
            ofPupil.Clear();
            return counted;
        }
    }
}
