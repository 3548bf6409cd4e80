using System.CommandLine;
using System.Text.Json;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

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
        var registry = context.Get<SchoolRegistry>();
        var schools = new HashSet<SchoolId>();
        if (school is { } one) schools.Add(one);
        else
            foreach (var year in await registry.YearsAsync(cancellationToken))
                schools.UnionWith(await registry.InYearAsync(new Domain.Calendars.SchoolYear(year), cancellationToken));

        var page = await context.Get<Worklist>().ReadAsync(schools, cancellationToken);
        var listed = await DescribeAsync(context, most is { } first ? [.. page.Listed.Take(first)] : page.Listed, cancellationToken);
        var waiting = await DescribeAsync(context, page.Waiting, cancellationToken);
        if (json)
        {
            IReadOnlyList<ReferralListing> all = [.. listed.Select(l => l.Listing), .. waiting.Select(l => l.Listing)];
            await context.Output.WriteLineAsync(JsonSerializer.Serialize(all, ReferralListingJson.Default.IReadOnlyListReferralListing));
            return ExitCode.Done;
        }
        if (listed.Count + waiting.Count == 0) await context.Output.WriteLineAsync("Nobody is on the worklist.");
        Write(context.Output, listed);
        if (page.Listed.Count > listed.Count) await context.Output.WriteLineAsync($"... and {page.Listed.Count - listed.Count} more.");
        if (waiting.Count > 0) await context.Output.WriteLineAsync("Waiting, held back by the weekly cap:");
        Write(context.Output, waiting);
        return ExitCode.Done;
    }

    private static void Write(TextWriter output, List<(ReferralListing Listing, string Name)> referrals)
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

    private static async Task<List<(ReferralListing Listing, string Name)>> DescribeAsync(
        CommandContext context, IReadOnlyList<Referral> referrals, CancellationToken cancellationToken)
    {
        var settings = (await context.Get<DistrictSettingsStore>().ReadAsync(cancellationToken)).Settings;
        var rules = await context.Get<RuleSets>().OfAsync(settings, cancellationToken);
        var described = new List<(ReferralListing, string)>(referrals.Count);
        foreach (var referral in referrals)
            if (await context.Get<StudentDirectory>().IdentifyAsync(referral.Student, cancellationToken) is { } student)
                described.Add((ReferralListing.Of(referral, student.UniqueId, rules), $"{student.GivenName} {student.FamilyName}".Trim()));
        return described;
    }
}
