using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Domain.Tests.Referrals;

public sealed class ReferralStatesTests
{
    /// <summary>Written out once more by hand: the permitted steps, one string a state.</summary>
    private static readonly Dictionary<ReferralState, string> Permitted = new()
    {
        [ReferralState.New] =
            "Update>New Relevel>New Move>New RemoveGround>Retracted Release>New Acknowledge>Acknowledged Assign>New HandOver>Closed",
        [ReferralState.Acknowledged] =
            "Update>Acknowledged Relevel>Acknowledged Move>Acknowledged RemoveGround>Acknowledged RestoreGround>Acknowledged "
            + "Assign>Acknowledged LogContact>Acknowledged AddNote>Acknowledged PlanNext>Acknowledged FinishNext>Acknowledged "
            + "Snooze>Acknowledged Wake>Acknowledged Start>InProgress Close>Closed HandOver>Closed",
        [ReferralState.InProgress] =
            "Update>InProgress Relevel>InProgress Move>InProgress RemoveGround>InProgress RestoreGround>InProgress "
            + "Assign>InProgress LogContact>InProgress AddNote>InProgress PlanNext>InProgress FinishNext>InProgress "
            + "Snooze>InProgress Wake>InProgress Close>Closed HandOver>Closed",
        [ReferralState.Closed] = "",
        [ReferralState.Retracted] = "",
    };

    public static TheoryData<ReferralState, ReferralAction> EveryPair()
    {
        var pairs = new TheoryData<ReferralState, ReferralAction>();
        foreach (var state in Enum.GetValues<ReferralState>())
            foreach (var action in Enum.GetValues<ReferralAction>())
                pairs.Add(state, action);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void Next_EveryStateAndAction_IsAsWrittenByHand(ReferralState from, ReferralAction action)
    {
        var step = Permitted[from].Split(' ').FirstOrDefault(s => s.StartsWith(action + ">", StringComparison.Ordinal));
        Assert.Equal(step?[(step.IndexOf('>', StringComparison.Ordinal) + 1)..], ReferralStates.Next(from, action)?.ToString());
    }

    [Fact]
    public void Next_NoReferralYet_OnlyOpens()
    {
        foreach (var action in Enum.GetValues<ReferralAction>())
            Assert.Equal(action == ReferralAction.Open ? ReferralState.New : null, ReferralStates.Next(null, action));
    }

    /// <summary>SCHOOLSIGNAL_WRITE_DOCS=1 writes the file instead.</summary>
    [Fact]
    public void ToMarkdown_CommittedStatesFile_IsThisText()
    {
        if (Environment.GetEnvironmentVariable("SCHOOLSIGNAL_WRITE_DOCS") == "1") File.WriteAllText(StatesFile(), ReferralStates.ToMarkdown());
        Assert.Equal(ReferralStates.ToMarkdown(), File.ReadAllText(StatesFile()));
    }

    private static string StatesFile()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SchoolSignal.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "docs", "states.md");
    }
}
