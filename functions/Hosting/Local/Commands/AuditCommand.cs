using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>audit verify</c>: whether what was recorded of reads and writes is still what was recorded.</summary>
internal static class AuditCommand
{
    public static Command Create(CommonOptions common)
    {
        var command = new Command("audit", "The record of who read and changed what.");
        command.Add(Verify(common));
        return command;
    }

    private static Command Verify(CommonOptions common)
    {
        var from = Month("--from", "The first month to verify. Default: the first there is.");
        var to = Month("--to", "The last month to verify. Default: the last there is.");
        var json = CommonOptions.Json("Write the findings to stdout as one JSON document.");
        var command = new Command(
            "verify", "Recompute every chain of the audit and hold it against its seals. Exit code 3 if anything was edited, deleted, reordered, cut off or forked.")
        {
            from, to, json,
        };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static Option<string?> Month(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "YYYY-MM",
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
                return month.ToString("yyyyMM", CultureInfo.InvariantCulture);
            result.AddError($"{name} takes a month such as 2026-01.");
            return null;
        },
    };

    private static async Task<ExitCode> RunAsync(CommandContext context, string? from, string? to, bool json, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var found = await context.Messages.WatchAsync(
            "Verifying", progress => context.Get<AuditVerifier>().VerifyAsync(from, to, new Entries(progress), cancellationToken));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (json) JsonOutput.Document(context.Output, document => Write(document, found));
        else WriteText(context.Output, found);
        context.Messages.Say(string.Create(
            CultureInfo.InvariantCulture, $"{found.Entries:N0} entries in {seconds:0.0} s ({found.Entries / Math.Max(seconds, 0.001):N0} a second)."));
        return found.IsWhole ? ExitCode.Done : context.Refuse("The audit is not whole. Keep the data folder and a copy of its archive as they are, and find out who had access.");
    }

    private static void WriteText(TextWriter output, AuditVerification found)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found.Entries:N0} entries in {found.Chains} chains, {found.Seals:N0} seals: {(found.IsWhole ? "whole." : $"{found.FaultCount:N0} faults.")}"));
        if (found.DroppedMonths > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found.DroppedMonths:N0} months are past the district's time for keeping them; where their chains stood is held and agrees with their seals."));
        foreach (var finding in found.Findings)
            output.WriteLine($"{finding.Fault,-14} {Place(finding),-26} {Time(finding.At),-21} {finding.What}");
    }

    private static string Place(AuditFinding finding) =>
        finding.Chain is not { } chain ? finding.Month
        : finding.Sequence is { } sequence ? string.Create(CultureInfo.InvariantCulture, $"{finding.Month}/{chain:D3}/{sequence}")
        : string.Create(CultureInfo.InvariantCulture, $"{finding.Month}/{chain:D3}");

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    private static void Write(Utf8JsonWriter json, AuditVerification found)
    {
        json.WriteStartObject();
        json.WriteBoolean("whole", found.IsWhole);
        json.WriteNumber("entries", found.Entries);
        json.WriteNumber("chains", found.Chains);
        json.WriteNumber("seals", found.Seals);
        json.WriteNumber("droppedMonths", found.DroppedMonths);
        json.WriteNumber("faults", found.FaultCount);
        json.Array("findings", found.Findings, finding =>
        {
            json.WriteString("fault", JsonOutput.Camel(finding.Fault));
            json.WriteString("month", finding.Month);
            json.Number("chain", finding.Chain);
            if (finding.Sequence is { } sequence) json.WriteNumber("entry", sequence);
            else json.WriteNull("entry");
            if (finding.At is { } at) json.WriteString("at", at);
            else json.WriteNull("at");
            json.WriteString("what", finding.What);
        });
        json.WriteEndObject();
    }

    private sealed class Entries(IProgress<WorkDone> progress) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new WorkDone(value, null, "entries"));
    }
}
