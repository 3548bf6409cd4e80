using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Feeds;

/// <summary>Applies a staff list: each row replaces what is held on that person, whom the list does not name stays as held.</summary>
public sealed class StaffIntake(StudentDirectory directory, StaffStore staff)
{
    /// <summary>The profile of a list that knows accounts, schools and classes, and not what a district decides about a person: roles are added to
    /// those held, caseload and deputy stay, and somebody may be found by the account.</summary>
    public const string AccountsProfile = "accounts";

    public async Task<TakenIn> TakeInAsync(Stream file, FeedRequest request, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var isOfAccounts = string.Equals(request.Profile, AccountsProfile, StringComparison.OrdinalIgnoreCase);
        var stated = new List<RosterStaff>();
        var outcome = StaffCsvReader.Read(file, stated.Add, refuse, cancellationToken);
        if (outcome is ReadOutcome.Refused) return TakenIn.NotRead(outcome);
        var warnings = new List<string>();
        long changed = 0;
        foreach (var row in stated)
        {
            if (await SaveAsync(row, isOfAccounts, refuse, cancellationToken)) changed++;
        }
        foreach (var row in stated.Where(row => row.Deputy is not null))
            if (!await AppointAsync(row.SourceId, row.Deputy!, cancellationToken)) warnings.Add($"Row {row.RowNumber} names a deputy who is not on the staff.");
        foreach (var school in stated.SelectMany(row => row.Schools).Distinct().Order())
            if ((await staff.OfSchoolAsync(school, Role.SafeguardingLead, cancellationToken)).Count == 0)
                warnings.Add($"{school} has no safeguarding lead: urgent concerns go to the district's contact.");
        return new TakenIn(outcome, changed, warnings) { OfDistrict = (int)changed };
    }

    private async Task<bool> SaveAsync(RosterStaff row, bool isOfAccounts, RefusedRowHandler refuse, CancellationToken cancellationToken)
    {
        var pupils = new HashSet<StudentKey>();
        foreach (var pupil in row.Pupils)
        {
            if (await directory.FindAsync(pupil, cancellationToken) is not { } key)
            {
                refuse(new RefusedRow(row.RowNumber, RefusalReason.UnknownStudent, "caseloadPupils", ""));
                return false;
            }
            pupils.Add(key);
        }
        while (true)
        {
            var held = await staff.FindBySourceAsync(row.SourceId, cancellationToken);
            if (held is null && isOfAccounts && row.Account is { } account) held = await staff.FindByAccountAsync(account, row.UserPrincipalName, cancellationToken);
            var member = isOfAccounts && held is not null ? WithAccount(held.Member, row) : new StaffMember(held?.Member.Id ?? StaffId.New(), row.SourceId, row.Name, row.Roles, row.Schools)
            {
                // An account tied here by hand is not untied by a list that knows none.
                EntraObjectId = row.Account ?? held?.Member.EntraObjectId,
                UserPrincipalName = row.UserPrincipalName ?? held?.Member.UserPrincipalName,
                Classes = row.Classes,
                Caseload = new Caseload(row.Grades, pupils),
                IsActive = !row.HasLeft,
            };
            switch (await staff.SaveAsync(member, held?.Version, cancellationToken))
            {
                case StaffSaved.Saved:
                    return true;
                case StaffSaved.AlreadyTaken when await staff.FindBySourceAsync(row.SourceId, cancellationToken) is null || held is not null:
                    refuse(new RefusedRow(row.RowNumber, RefusalReason.InvalidValue, "userPrincipalName", ""));
                    return false;
            }
        }
    }

    /// <summary>Somebody with further roles keeps the schools they hold in.</summary>
    private static StaffMember WithAccount(StaffMember held, RosterStaff row) => held with
    {
        DisplayName = row.Name,
        Roles = held.Roles.Union(row.Roles).ToHashSet(),
        Schools = held.Roles.IsSubsetOf(row.Roles) ? row.Schools : held.Schools.Union(row.Schools).ToHashSet(),
        EntraObjectId = row.Account ?? held.EntraObjectId,
        UserPrincipalName = row.UserPrincipalName ?? held.UserPrincipalName,
        Classes = row.Classes,
        IsActive = !row.HasLeft,
    };

    private async Task<bool> AppointAsync(string of, string deputy, CancellationToken cancellationToken)
    {
        if (await staff.FindBySourceAsync(deputy, cancellationToken) is not { Member.Id: var appointed }) return false;
        while (await staff.FindBySourceAsync(of, cancellationToken) is { } lead)
            if (await staff.SaveAsync(lead.Member with { Deputy = appointed }, lead.Version, cancellationToken) is StaffSaved.Saved) return true;
        return true;
    }
}
