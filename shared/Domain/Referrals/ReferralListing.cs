using System.Text.Json.Serialization;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Referrals;

/// <summary>A referral as <c>referrals --json</c> and the worklist's endpoint give it: what, and why. No number in it rates
/// the pupil; the order of the list says where to begin.</summary>
/// <param name="What">One sentence for a person.</param>
/// <param name="Level">Raised or High: how soon to look.</param>
/// <param name="HasEased">The signs have fallen below Raised since; the days that opened it stand.</param>
/// <param name="GroundRemoved">A corrected register took the ground away; the person decides.</param>
/// <param name="Waiting">Held back by the weekly cap.</param>
/// <param name="Strengths">What speaks for the pupil.</param>
/// <param name="KnownShareOfSessions">Share of the sessions expected in the last 45 days that the register knows, 0 to 1.</param>
public sealed record ReferralListing(
    string ReferralId, string StudentUniqueId, string SchoolId, ReferralState State, Level Level, string What,
    DateOnly OpenedOn, DateOnly RaisedOn, DateOnly EvidenceAsOf, bool HasEased, bool GroundRemoved, bool Waiting,
    IReadOnlyList<ReferralReason> Why, IReadOnlyList<ReferralReason> Strengths, decimal KnownShareOfSessions, string RuleSetVersion)
{
    /// <summary>Opaque id of the counsellor whose case it is; null until somebody takes it on.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>What is planned next; the words of the plan stay with the case.</summary>
    public NextStepKind? NextStep { get; init; }

    public DateOnly? NextStepDue { get; init; }

    /// <summary>It rests until that day, on which it is back.</summary>
    public DateOnly? SnoozedUntil { get; init; }

    /// <param name="rules">The rule set in force; a rule it no longer has is named by its id.</param>
    public static ReferralListing Of(Referral referral, StudentUniqueId student, RuleSet rules) => new(
        referral.Id.ToString(), student.Value, referral.School.Value, referral.State, referral.Level, Sentence(referral),
        referral.OpenedOn, referral.RaisedOn, referral.Evidence.AsOf, referral.HasEased, referral.GroundRemoved, referral.Waiting,
        [.. referral.Evidence.Triggers.Select(t => ReferralReason.Of(t, rules))],
        [.. referral.Evidence.Protective.Select(t => ReferralReason.Of(t, rules))],
        referral.Evidence.Completeness, referral.Evidence.RuleSetVersion)
    {
        AssignedTo = referral.AssignedTo?.Value,
        NextStep = referral.NextStep?.Kind,
        NextStepDue = referral.NextStep?.Due,
        SnoozedUntil = referral.SnoozedUntil,
    };

    private static string Sentence(Referral referral)
    {
        var look = referral.Level == Level.High ? "Please look at this soon" : "Worth a look";
        var since = TriggerWords.Days(referral.OpenedOn, referral.OpenedOn);
        var now = (referral.GroundRemoved, referral.HasEased, referral.Waiting) switch
        {
            (true, _, _) => " The register was corrected since and no longer shows it; please decide.",
            (_, true, _) => " The signs have eased since.",
            (_, _, true) => " Waiting for its turn under the district's weekly cap.",
            _ => "",
        };
        return $"{look}: signs in attendance or in a teacher's form since {since}.{now}";
    }
}

/// <summary>A rule that fired, in plain words and with what is behind it.</summary>
/// <param name="What">A sentence: what was seen, over which days.</param>
/// <param name="Observed">A rate as a fraction, or a count.</param>
/// <param name="Threshold">Inclusive, in the unit of <paramref name="Observed"/>.</param>
/// <param name="Source">The rule's published source; null if the rule set no longer has the rule.</param>
/// <param name="Feeds">Ids of the feeds that set the marks of those days; empty where a form is behind them.</param>
public sealed record ReferralReason(
    string RuleId, string What, decimal Observed, decimal Threshold, DateOnly From, DateOnly To, IReadOnlyList<DateOnly> Dates,
    string? Source, string ClearsWhen, IReadOnlyList<string> Feeds)
{
    public static ReferralReason Of(Trigger trigger, RuleSet rules)
    {
        var rule = rules.Rules.FirstOrDefault(r => r.Id == trigger.RuleId);
        return new ReferralReason(
            trigger.RuleId, TriggerWords.Sentence(trigger, rule), trigger.Observed, trigger.Threshold, trigger.From, trigger.To, trigger.Dates,
            rule?.Source, trigger.ClearsWhen, [.. trigger.Feeds.Select(f => f.Value)]);
    }
}

/// <summary>How listings are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<ReferralListing>))]
[JsonSerializable(typeof(ReferralListing))]
public sealed partial class ReferralListingJson : JsonSerializerContext;
