using System.Text.Json;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class TriggerWordsTests
{
    private static Trigger Fired(string ruleId, string indicator, decimal observed) =>
        new(ruleId, RuleFamily.Absence, indicator, observed, indicator == "currentRunDays" ? 5 : 0.2m, March(2), March(20), [March(3), March(9)], 3, false, "it clears");

    [Theory]
    [InlineData("absence.severe", "last45AbsenceRate", 0.2341,
        "A fifth or more of the last 45 school days missed: 23.4 % (from 20 %), 2 to 20 Mar 2026.")]
    [InlineData("absence.run", "currentRunDays", 5, "A run of absent days that has not ended: 5 (from 5), 2 to 20 Mar 2026.")]
    [InlineData("pattern.firstdayback", "last45FirstDayBackChance", 0.01,
        "Absent days gather on the first day back after a weekend or a holiday, 2 to 20 Mar 2026.")]
    [InlineData("observed.sleep", "observedSleepiness", 3, "Often sleepy in the mornings: forms of 3 Mar 2026, 9 Mar 2026.")]
    [InlineData("our.old", "goneIndicator", 3, "our.old, 2 to 20 Mar 2026.")]
    public void Sentence_OfARule_SaysWhatWasSeenAndWhen(string ruleId, string indicator, decimal observed, string sentence) =>
        Assert.Equal(sentence, TriggerWords.Sentence(Fired(ruleId, indicator, observed), RuleSet.Starting.Rules.FirstOrDefault(r => r.Id == ruleId)));

    [Fact]
    public void Days_SameOrOtherDayMonthYear_SaysNoMoreThanNeeded()
    {
        Assert.Equal("2 Mar 2026", TriggerWords.Days(March(2), March(2)));
        Assert.Equal("20 Jan to 2 Mar 2026", TriggerWords.Days(new DateOnly(2026, 1, 20), March(2)));
        Assert.Equal("20 Nov 2025 to 2 Mar 2026", TriggerWords.Days(new DateOnly(2025, 11, 20), March(2)));
    }

    [Fact]
    public void Listing_AsJson_SaysWhyAndHoldsNoRatingOfThePupil()
    {
        var listing = ReferralListing.Of(OpenedOn(10, Level.High), StudentUniqueId.Parse("604822"), RuleSet.Starting);
        var json = JsonSerializer.Serialize(listing, ReferralListingJson.Default.ReferralListing);
        using var document = JsonDocument.Parse(json);
        var why = document.RootElement.GetProperty("why")[0];
        Assert.Equal("absence.severe", why.GetProperty("ruleId").GetString());
        Assert.Equal(["2026-03-09", "2026-03-10"], why.GetProperty("dates").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal(RuleSet.Starting.Rules.Single(r => r.Id == "absence.severe").Source, why.GetProperty("source").GetString());
        Assert.Equal("High", document.RootElement.GetProperty("level").GetString());
        Assert.DoesNotContain("priority", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("points", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("score", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("risk", json, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false, false, "signs in attendance or in a teacher's form since 10 Mar 2026.")]
    [InlineData(true, false, "no longer shows it; please decide.")]
    [InlineData(false, true, "The signs have eased since.")]
    public void Listing_State_IsSaidInWords(bool isRemoved, bool hasEased, string end)
    {
        var referral = OpenedOn(10) with { GroundRemoved = isRemoved, CurrentLevel = hasEased ? Level.Watch : Level.Raised };
        Assert.EndsWith(end, ReferralListing.Of(referral, StudentUniqueId.Parse("1"), RuleSet.Starting).What, StringComparison.Ordinal);
    }
}
