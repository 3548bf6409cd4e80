using System.Text.Json;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using static SchoolSignal.Domain.Tests.Referrals.Cast;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class TriggerWordsTests
{
    private static Trigger Fired(string ruleId, decimal observed, decimal threshold) =>
        new(ruleId, RuleFamily.Absence, "someIndicator", observed, threshold, March(2), March(20), [March(3)], 3, false, "it clears");

    [Theory]
    [InlineData("absence.severe", 0.2341, 0.2, "Missed 23.4 % of sessions over the last 45 school days (2 to 20 Mar 2026; counts from 20 %).")]
    [InlineData("absence.run", 1, 5, "Away 1 school day in a row (2 to 20 Mar 2026; counts from 5).")]
    [InlineData("partial.late", 4, 4, "Late 4 times in the last 20 school days, at least twice as often as before (2 to 20 Mar 2026; counts from 4).")]
    [InlineData("observed.sleep", 3, 3, "A teacher's form: often sleepy in the mornings (2 to 20 Mar 2026).")]
    [InlineData("our.own", 3.456, 3, "SomeIndicator at 3.46 (2 to 20 Mar 2026; counts from 3).")]
    public void Sentence_OfARule_SaysWhatWasSeenWhenAndFromWhere(string ruleId, decimal observed, decimal threshold, string sentence) =>
        Assert.Equal(sentence, TriggerWords.Sentence(Fired(ruleId, observed, threshold)));

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
        var listing = ReferralListing.Of(OpenedOn(10, Level.High), StudentUniqueId.Parse("604822"), rule => $"source of {rule}");
        var json = JsonSerializer.Serialize(listing, ReferralListingJson.Default.ReferralListing);
        using var document = JsonDocument.Parse(json);
        var why = document.RootElement.GetProperty("why")[0];
        Assert.Equal("absence.severe", why.GetProperty("ruleId").GetString());
        Assert.Equal(["2026-03-09", "2026-03-10"], why.GetProperty("dates").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal("source of absence.severe", why.GetProperty("source").GetString());
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
        Assert.EndsWith(end, ReferralListing.Of(referral, StudentUniqueId.Parse("1"), _ => null).What, StringComparison.Ordinal);
    }
}
