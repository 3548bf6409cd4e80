using System.CommandLine;
using System.Globalization;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>reports verify</c>: a published release and its certificate, re-checked from the published numbers alone.</summary>
internal static class ReportsVerify
{
    private const int MostShown = 50;

    public static Command Create(CommonOptions common)
    {
        var release = new Argument<FileInfo>("RELEASE.json") { Description = "The release file, as 'reports protect' or the district's archive holds it." };
        release.AcceptExistingOnly();
        var earlier = new Option<FileInfo[]>("--earlier")
        {
            Description = "Earlier release file that the certificate counts on, oldest first; may be repeated. Default: found by name among the .json files beside the release, or, as in the archive, in the folders beside its folder.",
            HelpName = "FILE",
        };
        earlier.AcceptExistingOnly();
        var command = new Command(
            "verify",
            "Re-check a release from what is published alone, in whole numbers and without a solver: that all sums add up, that nothing small is shown, and that every hidden count has, "
            + "among the tables that agree with everything shown, two values far enough apart. Exit code 3 if not.")
        {
            release, earlier,
        };
        command.SetAction(CommandContext.Action(common, (context, parsed, _) =>
            Task.FromResult(Run(context, parsed.GetValue(release)!, parsed.GetValue(earlier) ?? []))));
        return command;
    }

    private static ExitCode Run(CommandContext context, FileInfo file, FileInfo[] earlierFiles)
    {
        if (ReleaseFiles.Read(file, out var wrong) is not { } read) return context.Refuse(wrong!);
        var earlier = earlierFiles.Length > 0 ? ReleaseFiles.ReadAll(earlierFiles, out wrong) : Beside(file, read.Certificate.Earlier);
        if (wrong is not null) return context.Refuse(wrong);
        var missing = read.Certificate.Earlier.Select(e => e.Name).Except(earlier.Select(e => e.Name)).ToList();
        if (missing.Count > 0)
            return context.Refuse(
                $"The certificate counts on {missing.Count} earlier releases that are not here: {string.Join(", ", missing)}. Put their files beside this one, or name them with --earlier.");
        var check = CertificateVerifier.Verify(read.Release, read.Certificate, earlier);
        var output = context.Output;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{read.Release.Name}: {read.Release.Tables.Count} tables, {check.Cells:N0} cells, {check.Hidden:N0} hidden ones proved by {check.Witnesses:N0} tables of {(check.WholeNumbers ? "whole numbers" : "fractions")}; {earlier.Count} earlier releases."));
        foreach (var finding in check.Findings.Take(MostShown)) output.WriteLine($"{finding.Fault,-17} {finding.What}");
        if (check.Findings.Count > MostShown) output.WriteLine($"and {check.Findings.Count - MostShown} more.");
        if (!check.Holds) return context.Refuse("The certificate does not hold. Do not publish this release, or find out who changed it.");
        output.WriteLine($"The certificate holds: every hidden count stays open by {read.Certificate.Policy.Width} or more, and nothing from 1 to {read.Certificate.Policy.Threshold - 1} is shown.");
        return ExitCode.Done;
    }

    /// <summary>The earlier releases by name. The archive gives each report a folder of its own, with files of the same names.</summary>
    private static List<PublishedRelease> Beside(FileInfo file, IReadOnlyList<EarlierRelease> named)
    {
        if (named.Count == 0) return [];
        var folder = file.Directory!;
        var candidates = folder.GetFiles("*.json").Concat((folder.Parent?.GetDirectories() ?? []).Select(d => new FileInfo(Path.Combine(d.FullName, file.Name))).Where(f => f.Exists));
        var found = new Dictionary<string, PublishedRelease>();
        foreach (var other in candidates)
            if (ReleaseFiles.Read(other, out _) is { } read) found[read.Release.Name] = read.Release;
        return [.. named.Select(n => found.GetValueOrDefault(n.Name)).OfType<PublishedRelease>()];
    }
}
