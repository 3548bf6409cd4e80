using System.CommandLine;
using System.Globalization;
using System.Text;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>reports protect</c>: anybody's table of counts, with what must be hidden hidden, and the proof.</summary>
internal sealed class ReportsProtect
{
    private const string DefaultTotal = "Total";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Argument<FileInfo> table = new("TABLE.csv")
    {
        Description = "A table of counts of people: a header, columns that say what is counted (school, grade, level), one column of whole numbers. "
            + "Rows of totals may be among them; they are held against their parts.",
    };

    private readonly Option<string?> dimensions = new("--dimensions")
    {
        Description = "The columns that say what is counted, separated by commas. Default: all but the count.",
        HelpName = "A,B",
    };

    private readonly Option<string?> count = new("--count")
    {
        Description = "The column of counts. Default: the one named count, n, freq, number, value, pupils or students.",
        HelpName = "COLUMN",
    };

    private readonly Option<string?> properties = new("--property")
    {
        Description = "Dimensions that say what was found of people (a level, a sign), separated by commas. Where all or none of a group have it, that is hidden too.",
        HelpName = "A,B",
    };

    private readonly Option<FileInfo> hierarchy = new("--hierarchy")
    {
        Description = "CSV with the columns dimension, code and parent: which grades are of which band. Default: every code is part of the total alone.",
        HelpName = "FILE",
    };

    private readonly Option<string?> total = new("--total")
    {
        Description = $"What a total is called in the table. Default: {DefaultTotal}",
        HelpName = "WORD",
    };

    private readonly Option<string?> counted = new("--counts")
    {
        Description = "What is counted. Tables that count the same share their totals, also with those given as --earlier. Default: the table's file name.",
        HelpName = "WORD",
    };

    private readonly Option<int?> threshold = CommonOptions.Number(
        "--threshold", $"Counts from 1 to below this are hidden; this itself is shown. Default: {SuppressionPolicy.DefaultThreshold}", 2, 1_000_000);

    private readonly Option<FileInfo[]> earlier = new("--earlier")
    {
        Description = "Release file published before, oldest first: what it shows is known already. May be repeated.",
        HelpName = "FILE",
    };

    private readonly Option<DirectoryInfo?> output = new("--out")
    {
        Description = "Where the protected table and its release file are written; made if it is not there. Default: beside the table.",
        HelpName = "DIR",
    };

    private ReportsProtect()
    {
        table.AcceptExistingOnly();
        hierarchy.AcceptExistingOnly();
        earlier.AcceptExistingOnly();
    }

    public static Command Create(CommonOptions common)
    {
        var options = new ReportsProtect();
        var command = new Command(
            "protect",
            "Hide in a table of counts what would tell of few people, and as much beside it as keeps anybody from working that out. "
            + "Writes the protected table and a release file that 'reports verify' re-checks. The district's own data is not used.")
        {
            options.table, options.dimensions, options.count, options.properties, options.hierarchy, options.total, options.counted, options.threshold, options.earlier, options.output,
        };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) => Task.FromResult(options.Run(context, parsed, cancellationToken))));
        return command;
    }

    private ExitCode Run(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(table)!;
        var name = Path.GetFileNameWithoutExtension(file.Name);
        var before = ReleaseFiles.ReadAll(parsed.GetValue(earlier) ?? [], out var wrong);
        if (wrong is not null) return context.Refuse(wrong);
        if (before.Any(b => b.Name == name)) return context.Refuse($"An earlier release is named {name} too. Rename the table: a later one needs a name of its own.");

        CountTableCsvRead read;
        using (var content = file.OpenRead())
        using (var parents = parsed.GetValue(hierarchy)?.OpenRead())
        {
            var options = new CountTableCsvOptions(
                Names(parsed.GetValue(dimensions)), parsed.GetValue(count), Names(parsed.GetValue(properties)), parents, parsed.GetValue(total) ?? DefaultTotal,
                parsed.GetValue(counted));
            read = CountTableCsv.Read(content, name, options, cancellationToken);
        }
        if (read is CountTableCsvRead.Refused refused) return context.Refuse(string.Join(Environment.NewLine, refused.Reasons));

        var taken = (CountTableCsvRead.Read)read;
        var policy = new SuppressionPolicy { Threshold = parsed.GetValue(threshold) ?? SuppressionPolicy.DefaultThreshold };
        switch (SmallCellSuppression.Protect(new Release(name, [taken.Table]), before, policy))
        {
            case ProtectionResult.Refused no:
                return context.Refuse(string.Join(Environment.NewLine, no.Reasons.Take(20)));
            case ProtectionResult.Protected done:
                var folder = parsed.GetValue(output) ?? file.Directory!;
                folder.Create();
                var shown = Path.Combine(folder.FullName, $"{name}.protected.csv");
                var release = Path.Combine(folder.FullName, $"{name}.release.json");
                using (var writer = new StreamWriter(shown, append: false, Utf8)) PublishedTableCsv.Write(done.Release.Tables[0], writer);
                File.WriteAllBytes(release, ReleaseFile.Write(done.Release, done.Certificate));
                Summarise(context.Output, taken, done, policy, shown, release);
                return ExitCode.Done;
            default:
                throw new InvalidOperationException("An unknown outcome of protecting a table.");
        }
    }

    private static void Summarise(TextWriter output, CountTableCsvRead.Read read, ProtectionResult.Protected done, SuppressionPolicy policy, string shown, string release)
    {
        var summary = done.Summary;
        Line("rows read", string.Create(CultureInfo.InvariantCulture, $"{read.Rows:N0}, of them totals {read.StatedTotals:N0}"));
        Line("cells with all totals", summary.Cells.ToString("N0", CultureInfo.InvariantCulture));
        Line("shown", string.Create(CultureInfo.InvariantCulture, $"{summary.Shown:N0} ({100.0 * summary.Shown / summary.Cells:0.0} %)"));
        Line("hidden by the rule", summary.Primary.ToString("N0", CultureInfo.InvariantCulture));
        Line("hidden beside them", summary.Complementary.ToString("N0", CultureInfo.InvariantCulture));
        Line("narrowest interval", summary.NarrowestWidth is { } width
            ? string.Create(CultureInfo.InvariantCulture, $"{width:N0} (asked: {policy.Width}): no hidden count can be told nearer than that")
            : "nothing is hidden");
        Line("time", string.Create(CultureInfo.InvariantCulture, $"{summary.Elapsed.TotalSeconds:0.00} s"));
        if (summary.HiddenWhole.Count > 0) output.WriteLine("No proof was found in time with less, so the whole table is hidden. Ask for fewer dimensions or coarser codes.");
        Line("protected table", shown);
        Line("release file", release);

        void Line(string what, string value) => output.WriteLine($"{what,-24}{value}");
    }

    private static string[]? Names(string? names) => names?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
