using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.Referrals;

/// <summary>Words a person typed into a case: 1 to <see cref="MaxLength"/> characters after trimming, stored as typed and shown
/// as text, never as markup. Line breaks and tabs stay, other control characters are left out.</summary>
public readonly record struct CaseText
{
    public const int MaxLength = 4000;

    private readonly string? value;

    private CaseText(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("An empty text was used.");

    public static bool TryParse(string? typed, out CaseText text)
    {
        text = default;
        var kept = string.Concat((typed ?? "").ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))).Trim();
        if (kept.Length is 0 or > MaxLength) return false;
        text = new CaseText(kept);
        return true;
    }

    /// <exception cref="FormatException">Empty or too long.</exception>
    public static CaseText Parse(string typed) => TryParse(typed, out var text) ? text : throw new FormatException("A text is 1 to 4000 characters.");

    public override string ToString() => Value;
}

/// <summary>Whom somebody was in touch with, and how.</summary>
public enum ContactKind
{
    Pupil,
    FamilyByPhone,
    FamilyInPerson,
    FamilyInWriting,
    Colleague,
    OutsideService,
}

/// <summary>What came of a contact.</summary>
public enum ContactOutcome
{
    Talked,
    NoAnswer,
    MeetingArranged,
    Declined,
}

/// <summary>One thing a person (or the weekly cap) does with a referral, with what was typed. It is stored in the history as it
/// was done.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Acknowledge), "acknowledge")]
[JsonDerivedType(typeof(Assign), "assign")]
[JsonDerivedType(typeof(LogContact), "contact")]
[JsonDerivedType(typeof(AddNote), "note")]
[JsonDerivedType(typeof(PlanNext), "plan")]
[JsonDerivedType(typeof(FinishNext), "finish")]
[JsonDerivedType(typeof(Snooze), "snooze")]
[JsonDerivedType(typeof(Wake), "wake")]
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(Close), "close")]
[JsonDerivedType(typeof(HandOver), "handOver")]
[JsonDerivedType(typeof(Release), "release")]
[SuppressMessage("Naming", "CA1716", Justification = "The words of the field")]
public abstract record CaseStep([property: JsonIgnore] ReferralAction Action)
{
    /// <summary>Whether only those who work on the case, its writer and the safeguarding lead may read the words.</summary>
    [JsonIgnore]
    public virtual bool IsRestrictedText => false;

    /// <summary>The words that were typed, if any.</summary>
    [JsonIgnore]
    public virtual CaseText? Words => null;

    /// <summary>A counsellor has seen it and takes it on, unless somebody else has it already.</summary>
    public sealed record Acknowledge() : CaseStep(ReferralAction.Acknowledge);

    /// <summary>To a counsellor, oneself included.</summary>
    public sealed record Assign(Actor To) : CaseStep(ReferralAction.Assign);

    /// <param name="On">The day of the contact: today or up to <see cref="CaseDates.ContactDaysBack"/> days before.</param>
    public sealed record LogContact(ContactKind With, DateOnly On, ContactOutcome Outcome, CaseText? Text, bool IsRestricted) : CaseStep(ReferralAction.LogContact)
    {
        public override bool IsRestrictedText => IsRestricted;
        public override CaseText? Words => Text;
    }

    public sealed record AddNote(CaseText Text, bool IsRestricted) : CaseStep(ReferralAction.AddNote)
    {
        public override bool IsRestrictedText => IsRestricted;
        public override CaseText? Words => Text;
    }

    /// <summary>Replaces the next step that was planned before.</summary>
    /// <param name="Due">Today or up to <see cref="CaseDates.PlanDaysAhead"/> days ahead.</param>
    public sealed record PlanNext(NextStepKind What, DateOnly Due, CaseText? Text) : CaseStep(ReferralAction.PlanNext)
    {
        public override bool IsRestrictedText => true;
        public override CaseText? Words => Text;
    }

    /// <summary>The next step is done.</summary>
    public sealed record FinishNext() : CaseStep(ReferralAction.FinishNext);

    /// <param name="Until">The day it is back: from tomorrow up to <see cref="CaseDates.SnoozeDaysAhead"/> days ahead.</param>
    public sealed record Snooze(DateOnly Until, CaseText Reason) : CaseStep(ReferralAction.Snooze)
    {
        public override CaseText? Words => Reason;
    }

    public sealed record Wake() : CaseStep(ReferralAction.Wake);

    /// <summary>Support begins.</summary>
    public sealed record Start(CaseText? Text) : CaseStep(ReferralAction.Start)
    {
        public override bool IsRestrictedText => true;
        public override CaseText? Words => Text;
    }

    /// <param name="Verdict">Any but <see cref="Referrals.Verdict.HandedToSafeguarding"/>: that one is <see cref="HandOver"/>,
    /// which also tells somebody.</param>
    public sealed record Close(Verdict Verdict, CaseText? Text) : CaseStep(ReferralAction.Close)
    {
        public override bool IsRestrictedText => true;
        public override CaseText? Words => Text;
    }

    /// <summary>To the school's safeguarding lead: closes the referral, and becomes an urgent concern of its own.</summary>
    public sealed record HandOver(CaseText Text) : CaseStep(ReferralAction.HandOver)
    {
        public override bool IsRestrictedText => true;
        public override CaseText? Words => Text;
    }

    /// <summary>Its turn under the weekly cap.</summary>
    public sealed record Release() : CaseStep(ReferralAction.Release);
}

/// <summary>How far from today the days of a step may lie. All inclusive.</summary>
public static class CaseDates
{
    public const int ContactDaysBack = 366;
    public const int PlanDaysAhead = 366;
    public const int SnoozeDaysAhead = 92;

    /// <summary>The days a step's date may take, or null if it has none.</summary>
    public static (DateOnly Stated, DateOnly First, DateOnly Last)? Of(CaseStep step, DateOnly today) => step switch
    {
        CaseStep.LogContact contact => (contact.On, today.AddDays(-ContactDaysBack), today),
        CaseStep.PlanNext plan => (plan.Due, today, today.AddDays(PlanDaysAhead)),
        CaseStep.Snooze snooze => (snooze.Until, today.AddDays(1), today.AddDays(SnoozeDaysAhead)),
        _ => null,
    };
}
