using System.CommandLine;
using System.Text.Json;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>referrals</c>: the worklist.</summary>
internal static class ReferralsCommand
{
    public static Command Create(CommonOptions common)
    {
        var school = new Option<SchoolId?>("--school")
        {
            Description = "Only this school. Default: all.",
            HelpName = "ID",
            CustomParser = result =>
            {
                if (SchoolId.TryParse(result.Tokens[0].Value, out var id)) return id;
                result.AddError("--school takes 1 to 60 characters without control characters.");
                return null;
            },
        };
        var json = CommonOptions.Json("Write it to stdout as one JSON document.");
        var command = new Command("referrals", "Show the worklist, highest priority first, with reasons.") { school, json };
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) =>
            RunAsync(context, parsed.GetValue(school), parsed.GetValue(json), null, cancellationToken)));
        return command;
    }

    /// <param name="most">How many to show; null for all.</param>
    public static async Task<ExitCode> RunAsync(CommandContext context, SchoolId? school, bool json, int? most, CancellationToken cancellationToken)
    {
        if (await context.Get<WorklistListings>().ReadAsync(Authority.CommandLine, school, most, cancellationToken) is not WorklistReading.Read read)
            return context.Refuse($"No school {school} is known here. --school takes the id that your files use.");
        await context.SealAuditAsync(cancellationToken);
        if (json)
        {
            await context.Output.WriteLineAsync(JsonSerializer.Serialize(read.Listings, ReferralListingJson.Default.IReadOnlyListReferralListing));
            return ExitCode.Done;
        }
        if (read.Listed.Count + read.Waiting.Count == 0) await context.Output.WriteLineAsync("Nobody is on the worklist.");
        Write(context.Output, read.Listed);
        if (read.More > 0) await context.Output.WriteLineAsync($"... and {read.More} more.");
        if (read.Waiting.Count > 0) await context.Output.WriteLineAsync("Waiting, held back by the weekly cap:");
        Write(context.Output, read.Waiting);
        return ExitCode.Done;
    }

    private static void Write(TextWriter output, IReadOnlyList<NamedListing> referrals)
    {
        foreach (var (listing, name) in referrals)
        {
            output.WriteLine($"{listing.Level}  {name}  {listing.StudentUniqueId}  {listing.SchoolId}  ({listing.State})");
            output.WriteLine($"  {listing.What}");
            foreach (var reason in listing.Why)
            {
                output.WriteLine($"  - {reason.What}");
                output.WriteLine($"      Clears when: {reason.ClearsWhen}");
            }
            foreach (var strength in listing.Strengths) output.WriteLine($"  + {strength.What}");
            output.WriteLine();
        }
    }
}
