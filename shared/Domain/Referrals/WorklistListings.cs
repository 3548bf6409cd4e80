using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A referral as it is listed, with the pupil's name for a person who may see it.</summary>
public sealed record NamedListing(ReferralListing Listing, string Name);

/// <summary>What a reading of the worklist came to.</summary>
public abstract record WorklistReading
{
    /// <param name="More">Referrals to be worked beyond those asked for.</param>
    public sealed record Read(IReadOnlyList<NamedListing> Listed, IReadOnlyList<NamedListing> Waiting, int More) : WorklistReading
    {
        /// <summary>Those to be worked, then those held back.</summary>
        public IReadOnlyList<ReferralListing> Listings => [.. Listed.Concat(Waiting).Select(n => n.Listing)];
    }

    /// <summary>Neither a roster nor a feed has named that school.</summary>
    public sealed record UnknownSchool : WorklistReading;
}

/// <summary>The worklist in words and with identities, for the command line and the API.</summary>
public sealed class WorklistListings(
    Worklist worklist, SchoolRegistry registry, StudentDirectory directory, DistrictSettingsStore settingsStore, RuleSets ruleSets, DisclosureLog log)
{
    /// <summary>The worklist; that it was shown, and to whom, is in the audit when this returns.</summary>
    /// <param name="school">Null for the whole district.</param>
    /// <param name="most">How many of those to be worked; null for all.</param>
    public async Task<WorklistReading> ReadAsync(Authority authority, SchoolId? school, int? most, CancellationToken cancellationToken)
    {
        var settings = (await settingsStore.ReadAsync(cancellationToken)).Settings;
        var schools = new HashSet<SchoolId>();
        foreach (var year in await registry.YearsAsync(cancellationToken))
            schools.UnionWith(await registry.InYearAsync(new Calendars.SchoolYear(year, settings.FirstMonth), cancellationToken));
        if (school is { } one)
        {
            if (!schools.Contains(one)) return new WorklistReading.UnknownSchool();
            schools = [one];
        }
        var page = await worklist.ReadAsync(schools, cancellationToken);
        var rules = await ruleSets.OfAsync(settings, cancellationToken);
        var first = page.Listed.Take(most ?? int.MaxValue).ToList();
        await log.ReadListAsync(
            authority, AuditAction.ReadWorklist, first.Concat(page.Waiting).Select(r => (r.Student, r.School)), cancellationToken);
        return new WorklistReading.Read(
            await NameAsync(first, rules, cancellationToken), await NameAsync(page.Waiting, rules, cancellationToken), page.Listed.Count - first.Count);
    }

    /// <summary>Without a pupil who has been erased since.</summary>
    private async Task<List<NamedListing>> NameAsync(IReadOnlyList<Referral> referrals, RuleSet rules, CancellationToken cancellationToken)
    {
        var named = new List<NamedListing>(referrals.Count);
        foreach (var referral in referrals)
            if (await directory.IdentifyAsync(referral.Student, cancellationToken) is { } student)
                named.Add(new NamedListing(ReferralListing.Of(referral, student.UniqueId, rules), $"{student.GivenName} {student.FamilyName}".Trim()));
        return named;
    }
}
