using Microsoft.Extensions.Options;

namespace SchoolSignal.Adapters.Graph;

/// <summary>How Microsoft Graph is called: configuration section <c>Graph</c>. Without the section nothing is sent through Microsoft 365.</summary>
public sealed class GraphOptions
{
    public const string Section = "Graph";

    /// <summary>The tenant's id, a GUID.</summary>
    public string TenantId { get; set; } = "";

    /// <summary>Id of the app registration that Graph is called as, a GUID. It is federated to the managed identity.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The managed identity whose token stands for the registration, by its client id; empty is the system-assigned one.</summary>
    public string ManagedIdentityClientId { get; set; } = "";

    /// <summary>The registration's secret, where there is no managed identity: on one's own machine. Empty in Azure.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>Address of the shared mailbox that mail goes out from.</summary>
    public string Mailbox { get; set; } = "";

    /// <summary>The service with its version, such as https://graph.microsoft.com/v1.0.</summary>
    public Uri Service { get; set; } = new("https://graph.microsoft.com/v1.0");

    /// <summary>Id of the SchoolSignal app in the organisation's Teams catalogue; empty sends nothing to Teams.</summary>
    public string TeamsAppId { get; set; } = "";

    /// <summary>True where a To Do task is wanted. Its permission (Tasks.ReadWrite.All) reaches every mailbox of the tenant.</summary>
    public bool ToDoTasks { get; set; }

    /// <summary>Outside production: the only addresses and object ids that anything is sent to, compared without case.</summary>
    public IReadOnlyList<string>? OnlyTo { get; set; }

    /// <summary>In production: every member of staff may be written to. Has to be said, so that a copy of production's data writes to nobody.
    /// </summary>
    public bool ToEverybody { get; set; }

    /// <summary>True fetches roster and staff from the education API at the times of <c>ROSTER_SYNC_CRON</c>. Needs EduRoster.Read.All.</summary>
    public bool Roster { get; set; }

    /// <summary>Which of a school's ids the district's feeds use.</summary>
    public RosterIdSource RosterSchoolId { get; set; }

    /// <summary>Which of a pupil's ids is the StudentUniqueId.</summary>
    public RosterIdSource RosterStudentId { get; set; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with the options, in words; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!Guid.TryParse(TenantId, out _)) faults.Add("Graph:TenantId is the tenant's id, a GUID.");
        if (!Guid.TryParse(ClientId, out _)) faults.Add("Graph:ClientId is the app registration's id, a GUID.");
        if (ManagedIdentityClientId.Length > 0 && !Guid.TryParse(ManagedIdentityClientId, out _)) faults.Add("Graph:ManagedIdentityClientId is the identity's client id, a GUID.");
        if (ManagedIdentityClientId.Length > 0 && ClientSecret.Length > 0) faults.Add("Graph:ClientSecret is for machines without a managed identity: name one of the two.");
        if (ToEverybody == OnlyTo is { Count: > 0 })
            faults.Add("Graph:OnlyTo lists whom alone to write to, outside production; Graph:ToEverybody says true in production. One of the two.");
        if (Mailbox.Length == 0 || !Mailbox.Contains('@', StringComparison.Ordinal))
            faults.Add("Graph:Mailbox is the address of the shared mailbox that mail goes out from, such as schoolsignal@district.example.");
        if (Service is not { IsAbsoluteUri: true }) faults.Add("Graph:Service is an absolute address, such as https://graph.microsoft.com/v1.0.");
        if (TeamsAppId.Length > 0 && !Guid.TryParse(TeamsAppId, out _)) faults.Add("Graph:TeamsAppId is the app's id in the Teams catalogue, a GUID.");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2)) faults.Add("Graph:Timeout is from one second to two minutes.");
        return faults;
    }
}

/// <summary>Where the directory holds the id that the district's own systems know somebody by.</summary>
public enum RosterIdSource
{
    /// <summary>externalId: the id in the system that fills the directory.</summary>
    External,
    /// <summary>schoolNumber, studentNumber.</summary>
    Number,
}

/// <summary>Names every fault of the options at once.</summary>
internal sealed class GraphOptionsCheck : IValidateOptions<GraphOptions>
{
    public ValidateOptionsResult Validate(string? name, GraphOptions options) =>
        options.Faults() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}
