using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Gives waiting referrals their turn: each week (Monday to Sunday) the first of a school's Waiting list, up to the
/// district's cap. Every screening of a school ends with it, the nightly one included. The week's turns are counted in row
/// <c>C|year-week</c> of the school's partition, by referral, so that a run that broke off is finished by the next without
/// counting anybody twice.</summary>
public sealed class WeeklyCap(ITableStore store, ReferralStore referrals, Worklist worklist, DistrictId district)
{
    internal const string Row = "C";

    /// <returns>How many referrals were released.</returns>
    public async Task<int> ReleaseAsync(SchoolId school, DistrictCapacity capacity, DateOnly today, CancellationToken cancellationToken)
    {
        var waiting = (await worklist.ReadAsync(school, cancellationToken)).Waiting;
        if (waiting.Count == 0) return 0;
        if (capacity.WeeklyCapOf(school) is { } cap) waiting = await TakeTurnsAsync(school, waiting, cap, today, cancellationToken);
        var released = 0;
        foreach (var referral in waiting)
            if (await referrals.TakeAsync(referral.Student, referral.Id, new CaseStep.Release(), new StepTaker(Actor.WeeklyCap, today), cancellationToken)
                is ReferralActionResult.Done)
                released++;
        return released;
    }

    /// <summary>The week's row without the referrals that are named: somebody who stands for nobody keeps each one's turn. Null if there are
    /// none.</summary>
    internal static byte[]? Without(TableRow week, Func<ReferralId, bool> isNamed)
    {
        var counted = JsonSerializer.Deserialize(week.Body.Span, ReferralJson.Default.WeekOfReferrals)!.Referrals;
        return counted.Any(isNamed)
            ? JsonSerializer.SerializeToUtf8Bytes(new WeekOfReferrals([.. counted.Select(id => isNamed(id) ? ReferralId.New() : id)]), ReferralJson.Default.WeekOfReferrals)
            : null;
    }

    /// <summary>Those of the waiting whose turn it is, those counted earlier this week included.</summary>
    private async Task<IReadOnlyList<Referral>> TakeTurnsAsync(
        SchoolId school, IReadOnlyList<Referral> waiting, int cap, DateOnly today, CancellationToken cancellationToken)
    {
        var partition = Worklist.PartitionOf(district, school);
        var key = RowKey.Of(Row, WeekOf(today));
        while (true)
        {
            var row = await store.GetAsync(TableName.Schools, partition, key, cancellationToken);
            var counted = row is { } there ? JsonSerializer.Deserialize(there.Body.Span, ReferralJson.Default.WeekOfReferrals)!.Referrals : [];
            var more = waiting.Where(r => !counted.Contains(r.Id)).Take(Math.Max(0, cap - counted.Count)).Select(r => r.Id).ToList();
            var turns = new HashSet<ReferralId>([.. counted, .. more]);
            if (more.Count > 0)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(new WeekOfReferrals([.. counted, .. more]), ReferralJson.Default.WeekOfReferrals);
                RowChange change = row is { } before ? new RowChange.Replace(key, before.ETag, body) : new RowChange.Insert(key, body);
                if (await store.CommitAsync(TableName.Schools, partition, [change], cancellationToken) is not CommitResult.Committed) continue;
            }
            return [.. waiting.Where(r => turns.Contains(r.Id))];
        }
    }

    private static string WeekOf(DateOnly day)
    {
        var date = day.ToDateTime(TimeOnly.MinValue);
        return string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(date):D4}-{ISOWeek.GetWeekOfYear(date):D2}");
    }
}

/// <summary>The referrals that got their turn in one week.</summary>
internal sealed record WeekOfReferrals(IReadOnlyList<ReferralId> Referrals);
