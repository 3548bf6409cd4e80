namespace SchoolSignal.Adapters.Graph;

/// <summary>How Microsoft Graph is called.</summary>
public sealed class GraphOptions
{
    public const string Section = "Graph";

    /// <summary>Address of the shared mailbox that mail goes out from.</summary>
    public string Mailbox { get; set; } = "";

    /// <summary>The service with its version, such as https://graph.microsoft.com/v1.0.</summary>
    public Uri Service { get; set; } = new("https://graph.microsoft.com/v1.0");

    /// <summary>Id of the SchoolSignal app in the organisation's Teams catalogue; empty sends nothing to Teams.</summary>
    public string TeamsAppId { get; set; } = "";

    /// <summary>True where a To Do task is wanted. Its permission (Tasks.ReadWrite.All) reaches every mailbox of the tenant.</summary>
    public bool ToDoTasks { get; set; }

    /// <summary>Outside production: the only addresses and object ids that anything is sent to. Null sends to everybody.</summary>
    public IReadOnlyList<string>? OnlyTo { get; set; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with the options, in words; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Mailbox.Length == 0 || !Mailbox.Contains('@', StringComparison.Ordinal))
            faults.Add("Graph:Mailbox is the address of the shared mailbox that mail goes out from, such as schoolsignal@district.example.");
        if (Service is not { IsAbsoluteUri: true }) faults.Add("Graph:Service is an absolute address, such as https://graph.microsoft.com/v1.0.");
        if (TeamsAppId.Length > 0 && !Guid.TryParse(TeamsAppId, out _)) faults.Add("Graph:TeamsAppId is the app's id in the Teams catalogue, a GUID.");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2)) faults.Add("Graph:Timeout is from one second to two minutes.");
        return faults;
    }
}
