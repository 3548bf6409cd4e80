using Microsoft.Extensions.Configuration;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Tests.Catalogue;

public sealed class BindingsSnapshotTests
{
    private static readonly IConfiguration Nothing = new ConfigurationBuilder().Build();

    /// <summary>A change of an address, a queue or a schedule is meant: then change bindings.snapshot.txt with it.</summary>
    [Fact]
    public void Snapshot_OfThisApp_IsTheCommittedOne()
    {
        var committed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "bindings.snapshot.txt")).ReplaceLineEndings("\n");
        Assert.Equal(committed, FunctionCatalogue.OfThisApp().Snapshot());
    }

    [Fact]
    public void Settings_OfEveryFunction_HaveADefault()
    {
        foreach (var function in FunctionCatalogue.OfThisApp().Functions)
        {
            if (function.Trigger is TriggerBinding.Queue queue)
                Domain.Ports.QueueName.Parse(FunctionSettings.Resolve(queue.Setting, Nothing));
            if (function.Trigger is TriggerBinding.Timer timer)
                Cronos.CronExpression.Parse(FunctionSettings.Resolve(timer.Setting, Nothing), Cronos.CronFormat.IncludeSeconds);
        }
    }

    [Fact]
    public void Resolve_SettingGiven_TakesIt()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("URGENT_QUEUE", "other")]).Build();
        Assert.Equal("other", FunctionSettings.Resolve("%URGENT_QUEUE%", configuration));
        Assert.Equal("urgent", FunctionSettings.Resolve("%URGENT_QUEUE%", Nothing));
        Assert.Throws<InvalidOperationException>(() => FunctionSettings.Resolve("%NOBODY_KNOWS%", Nothing));
    }

    [Theory]
    [InlineData("%FEED_ARRIVALS_QUEUE%", true)]
    [InlineData("feed-arrivals", false)]
    [InlineData("%%", false)]
    [InlineData("%feed-arrivals%", false)]
    [InlineData("%A", false)]
    [InlineData(null, false)]
    public void IsReference_OfText_IsAsWritten(string? text, bool expected) => Assert.Equal(expected, FunctionSettings.IsReference(text));
}
