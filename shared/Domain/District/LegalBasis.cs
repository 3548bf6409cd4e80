namespace SchoolSignal.Domain.District;

/// <summary>On what ground a district may look at its pupils' attendance and forms for early signs. Which one applies is
/// the district's own legal question (evidence.md §6); the product only refuses to screen without one.</summary>
public enum LegalBasisKind
{
    /// <summary>A guardian said yes; the district lists pupils without a yes as opt-outs.</summary>
    Consent,
    /// <summary>Guardians were told and may say no (US: PPRA notice and opt-out).</summary>
    NoticeAndOptOut,
    /// <summary>School staff with a legitimate educational interest (US: FERPA).</summary>
    EducationalInterest,
    /// <summary>A task in the public interest, with an impact assessment done (UK and EU GDPR).</summary>
    PublicTask,
    /// <summary>A law obliges the district.</summary>
    LegalObligation,
    /// <summary>Made-up pupils only.</summary>
    Demonstration,
}

/// <summary>The basis and the district's own words for it: the law, the decision, where it is filed.</summary>
/// <param name="Text">1 to <see cref="MaxText"/> characters.</param>
public sealed record LegalBasis(LegalBasisKind Kind, string Text)
{
    public const int MaxText = 1000;
}
