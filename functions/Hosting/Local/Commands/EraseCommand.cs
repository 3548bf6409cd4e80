using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary><c>erase</c>: a pupil goes from wherever the pupil's data lies. Without --yes it only counts.</summary>
internal static class EraseCommand
{
    private static readonly Dictionary<ErasedPlace, string> Places = new()
    {
        [ErasedPlace.Directory] = "rows with number or name",
        [ErasedPlace.Pupil] = "rows of the pupil's record",
        [ErasedPlace.Ledger] = "rows of school registers",
        [ErasedPlace.School] = "rows of worklists, classes and teachers' own lists",
        [ErasedPlace.District] = "settings and caseloads",
        [ErasedPlace.Queue] = "messages and failures",
        [ErasedPlace.Archive] = "lines of files as sent",
    };

    public static Command Create(CommonOptions common)
    {
        var student = ExplainCommand.StudentArgument();
        var reason = new Option<ErasureReason?>("--reason")
        {
            Description = "Why, for the audit: request (of the pupil or the parents), order (of a court or an authority), mistake, keptLongEnough. Needed with --yes.",
            HelpName = "REASON",
        };
        var by = new Option<string?>("--by")
        {
            Description = "Who decided it, for the audit: staff id or user principal name of a member of staff. Default: whoever sits at this machine.",
            HelpName = "WHO",
        };
        var yes = new Option<bool>("--yes") { Description = "Erase. Without it nothing is changed: it says how much would go." };
        var command = new Command(
            "erase", "Erase a pupil: number, name, register, forms, concerns, referrals, files as sent, messages. It cannot be undone. Without --yes it only counts.")
        {
            student, reason, by, yes,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(yes) && result.GetValue(reason) is null) result.AddError("--yes needs --reason.");
        });
        command.SetAction(CommandContext.Action(common, (context, parsed, cancellationToken) => parsed.GetValue(yes)
            ? EraseAsync(context, parsed.GetValue(student)!.Value, parsed.GetValue(reason)!.Value, parsed.GetValue(by), cancellationToken)
            : CountAsync(context, parsed.GetValue(student)!.Value, cancellationToken)));
        return command;
    }

    private static async Task<ExitCode> CountAsync(CommandContext context, StudentUniqueId student, CancellationToken cancellationToken)
    {
        var counts = await context.Get<PupilErasure>().CountAsync(student, cancellationToken);
        if (counts.Total == 0) return context.Refuse("Nothing is held of that number.");
        Write(context.Output, counts);
        context.Messages.Say("Nothing was changed. Run it again with --reason and --yes to erase; it cannot be undone.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> EraseAsync(
        CommandContext context, StudentUniqueId student, ErasureReason reason, string? by, CancellationToken cancellationToken)
    {
        if (await AuthorityAsync(context, by, cancellationToken) is not { } authority) return context.Refuse("--by names nobody on the staff list.");
        switch (await context.Get<PupilErasure>().EraseAsync(authority, student, reason, cancellationToken))
        {
            case ErasureResult.NothingHeld:
                return context.Refuse("Nothing is held of that number.");
            case ErasureResult.Erased erased:
                Write(context.Output, erased.Counts);
                await context.Get<DroppedFiles>().SweepAsync(cancellationToken);
                await context.SealAuditAsync(cancellationToken);
                var isCompact = await context.Get<SqliteDatabase>().CompactAsync(cancellationToken);
                if (!isCompact) context.Messages.Say("Another process reads the database: run it once more when none does, so that no trace is left in its log.");
                context.Messages.Say(erased.Unfinished
                    ? "A feed is being read whose file can only go afterwards. Run it again then; the daily run ends it, too."
                    : "Erased. A tombstone keeps the number from coming back with tomorrow's feed. Make a new file of backup keys now: backup keys FILE.");
                return erased.Unfinished || !isCompact ? ExitCode.SomeRowsRefused : ExitCode.Done;
            default:
                throw new InvalidOperationException("A result of an erasure is not handled.");
        }
    }

    private static async Task<Authority?> AuthorityAsync(CommandContext context, string? by, CancellationToken cancellationToken)
    {
        if (by is null) return Authority.CommandLine;
        var staff = context.Get<StaffStore>();
        var member = by.Contains('@', StringComparison.Ordinal) ? await staff.FindByNameAsync(by, cancellationToken)
            : StaffId.TryParse(by, out var id) ? await staff.FindAsync(id, cancellationToken)
            : null;
        return member is null ? null : new Authority(AuditActor.Staff(member.Member.Id.Value), [.. member.Member.Roles.Order()], null) { Through = AuditWays.Command };
    }

    private static void Write(TextWriter output, ErasureCounts counts)
    {
        foreach (var (place, count) in counts.ByPlace)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{JsonNamingPolicy.CamelCase.ConvertName(place.ToString()),-10} {count,8:N0}  {Places[place]}"));
    }
}
