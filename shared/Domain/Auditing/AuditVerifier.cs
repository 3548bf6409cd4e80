using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Recomputes every chain and holds it against tails, seals, the links between months and the index. It may run
/// beside appends, streams, and keeps no more than a month's seals in memory.</summary>
public sealed class AuditVerifier(ITableStore store, AuditSeals seals, AuditKeys keys, DistrictId district)
{
    /// <param name="from">First month, yyyyMM; null for the first there is.</param>
    /// <param name="to">Last month, inclusive.</param>
    /// <param name="progress">Told how many entries have been looked at.</param>
    public async Task<AuditVerification> VerifyAsync(string? from, string? to, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var findings = new AuditFindings();
        var links = (await ChainMonths.ReadAsync(store, district, cancellationToken)).ToLookup(m => m.Place.Month);
        long entries = 0;
        long sealCount = 0;
        var dropped = 0;
        var chains = new HashSet<int>();
        var months = links.Select(m => m.Key).Union(await seals.MonthsAsync(cancellationToken)).Order(StringComparer.Ordinal)
            .Where(m => (from is null || string.CompareOrdinal(m, from) >= 0) && (to is null || string.CompareOrdinal(m, to) <= 0));
        foreach (var month in months)
        {
            var sealedPoints = await ReadSealsAsync(month, findings, cancellationToken);
            sealCount += sealedPoints.Count;
            if (await MonthHeads.FindAsync(store, district, month, cancellationToken) is { } heads)
            {
                dropped++;
                await CheckHeadsAsync(heads, month, sealedPoints.Points, findings, cancellationToken);
                continue;
            }
            var linkOf = links[month].ToDictionary(m => m.Place.Chain, m => m.Link);
            foreach (var chain in linkOf.Keys.Union(sealedPoints.Points.Keys).Order())
            {
                chains.Add(chain);
                var place = new ChainPlace(month, chain);
                var check = new ChainCheck(store, keys, district, place, findings);
                var before = entries;
                entries += await check.RunAsync(
                    linkOf.TryGetValue(chain, out var link) ? link : null, sealedPoints.Points.GetValueOrDefault(chain) ?? [],
                    count => progress?.Report(before + count), cancellationToken);
            }
        }
        progress?.Report(entries);
        return new AuditVerification(entries, chains.Count, sealCount, findings.Count, findings.First) { DroppedMonths = dropped };
    }

    /// <summary>A month that is no longer held is known by where its chains stood: we have signed it, and every chain stood where the last
    /// seal found it.</summary>
    private async Task CheckHeadsAsync(
        MonthHeads heads, string month, Dictionary<int, List<WitnessedPoint>> sealedPoints, AuditFindings findings, CancellationToken cancellationToken)
    {
        if (heads.Month != month || !await heads.IsSignedAsync(keys, district, cancellationToken))
            findings.Add(new AuditFinding(AuditFault.NotSigned, month, null, null, heads.DroppedAt, "No key of this district has signed where the month's chains stood when it was let go."));
        foreach (var chain in sealedPoints.Keys.Union(heads.Chains.Select(head => head.Chain)).Order())
        {
            var place = new ChainPlace(month, chain);
            var sealedLast = sealedPoints.GetValueOrDefault(chain)?[^1].Point;
            if (heads.Of(chain)?.Point != sealedLast)
                findings.Add(AuditFault.Forked, place, sealedLast?.Sequence, heads.DroppedAt, "Where the chain stood when its month was let go is not where its last seal found it.");
        }
    }

    /// <summary>Each chain's points by the month's seals.</summary>
    private async Task<(long Count, Dictionary<int, List<WitnessedPoint>> Points)> ReadSealsAsync(
        string month, AuditFindings findings, CancellationToken cancellationToken)
    {
        var expected = await seals.CountAsync(month, cancellationToken);
        var points = new Dictionary<int, List<WitnessedPoint>>();
        long count = 0;
        long last = 0;
        await foreach (var (path, seal) in seals.ReadAsync(month, cancellationToken))
        {
            count++;
            if (seal is null)
            {
                findings.Add(new AuditFinding(AuditFault.NotSigned, month, null, null, null, $"The seal {path} was changed, or no key of this district has signed it."));
                continue;
            }
            if (seal.Number > last + 1) Missing(last + 1, seal.Number - 1, seal.At);
            last = Math.Max(last, seal.Number);
            foreach (var of in seal.Chains)
            {
                if (!points.TryGetValue(of.Chain, out var known)) points[of.Chain] = known = [];
                // A chain that did not grow stands in every later seal as well.
                if (known.Count == 0 || known[^1].Point != of.Point) known.Add(new WitnessedPoint(of.Point, seal.At));
            }
        }
        if (expected > last) Missing(last + 1, expected, null);
        // A crash may leave one seal uncounted, no more.
        if (last > expected + 1)
            findings.Add(new AuditFinding(AuditFault.SealMissing, month, null, null, null, $"The month counts {expected} seals and has more: its count was set back."));
        return (count, points);

        void Missing(long first, long end, DateTimeOffset? at) => findings.Add(new AuditFinding(
            AuditFault.SealMissing, month, null, null, at, first == end ? $"Seal {first} is missing." : $"Seals {first} to {end} are missing."));
    }
}

/// <summary>A point of a chain that something else than its rows vouches for.</summary>
/// <param name="At">When it was sealed; null for the chain's own tail.</param>
internal sealed record WitnessedPoint(ChainPoint Point, DateTimeOffset? At);
