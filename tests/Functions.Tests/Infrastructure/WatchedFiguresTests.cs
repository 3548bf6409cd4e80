using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Telemetry;

namespace SchoolSignal.Functions.Tests.Infrastructure;

/// <summary>What alerts and workbook look at is what the app measures: a figure by another name would be silence, not an alarm.</summary>
public sealed partial class WatchedFiguresTests
{
    private static readonly HashSet<string> Measured =
        [.. typeof(Instruments).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(p => p.GetValue(null)).OfType<Instrument>().Select(i => i.Name)];

    [Fact]
    public void Alerts_LookAtFiguresOfTheApp()
    {
        var watched = NamesIn("modules/alerts.bicep");
        Assert.Subset(Measured, watched);
        Assert.Superset(new HashSet<string> { "schoolsignal.concern.rounds", "schoolsignal.feeds.stale", "schoolsignal.failures" }, watched);
    }

    [Fact]
    public void Workbook_ShowsEveryFigureOfTheApp() => Assert.Equal(Measured.Order(), NamesIn("workbook.json").Order());

    private static HashSet<string> NamesIn(string file) =>
        [.. Name().Matches(File.ReadAllText(Path.Combine(Bicep.Folder, file))).Select(m => m.Value)];

    [GeneratedRegex(@"schoolsignal\.[a-z]+(\.[a-z]+)?")]
    private static partial Regex Name();
}
