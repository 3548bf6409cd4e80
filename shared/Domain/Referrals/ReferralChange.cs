namespace SchoolSignal.Domain.Referrals;

/// <summary>What a screening, a person or the weekly cap does to a pupil's referrals.</summary>
public abstract record ReferralChange
{
    /// <summary>Nothing to write.</summary>
    public sealed record None : ReferralChange
    {
        public static None Instance { get; } = new();
    }

    /// <summary>A change to write: the referral as it now is, and the line its history gains.</summary>
    public abstract record Made(Referral After, ReferralEntry Entry) : ReferralChange
    {
        /// <summary>A counsellor is to be told.</summary>
        public virtual bool Alerts => false;
    }

    public sealed record Opened(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => !After.Waiting;
    }

    /// <summary>The evidence changed, the level is no worse.</summary>
    public sealed record Updated(Referral After, ReferralEntry Entry) : Made(After, Entry);

    /// <summary>A worse level.</summary>
    public sealed record Releveled(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => true;
    }

    /// <summary>To another school of the district, whose counsellor has not heard of it.</summary>
    public sealed record Moved(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => !After.Waiting;
    }

    /// <summary>The ground is gone before anybody took the referral on.</summary>
    public sealed record Retracted(Referral After, ReferralEntry Entry) : Made(After, Entry);

    /// <summary>The ground is gone; the person who works on it decides.</summary>
    public sealed record GroundRemoved(Referral After, ReferralEntry Entry) : Made(After, Entry);

    /// <summary>There is ground again after a person was told that there was none.</summary>
    public sealed record GroundRestored(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => true;
    }

    /// <summary>Its turn under the weekly cap.</summary>
    public sealed record Released(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => true;
    }

    /// <summary>Given to somebody by somebody else.</summary>
    public sealed record Assigned(Referral After, ReferralEntry Entry) : Made(After, Entry)
    {
        public override bool Alerts => true;
    }

    /// <summary>A person's step of which nobody else need be told.</summary>
    public sealed record Acted(Referral After, ReferralEntry Entry) : Made(After, Entry);
}
