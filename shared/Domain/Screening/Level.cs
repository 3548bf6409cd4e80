namespace SchoolSignal.Domain.Screening;

/// <summary>How much the signs ask for a person's look. Urgent is safeguarding's alone and never comes from a rule.</summary>
public enum Level
{
    None = 0,
    Watch = 1,
    Raised = 2,
    High = 3,
}
