using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Auditing;

/// <summary>What an administrator asks of the audit; null is any.</summary>
/// <param name="From">First UTC day, inclusive.</param>
/// <param name="To">Last UTC day, inclusive.</param>
public sealed record AuditAsk(DateOnly From, DateOnly To)
{
    /// <summary>A staff id or an account's name.</summary>
    public string? Staff { get; init; }

    public AuditAction? Action { get; init; }

    public SchoolId? School { get; init; }

    /// <summary>One pupil's record; needs a purpose.</summary>
    public StudentUniqueId? Student { get; init; }

    public StatedPurpose? Purpose { get; init; }
}

/// <summary>An entry, with the name colleagues know the person by; null for the system and for somebody not on the staff.</summary>
public sealed record AuditLine(AuditEntry Entry, string? StaffName);

/// <summary>What became of the question.</summary>
public abstract record AuditAnswer
{
    /// <param name="Lines">Newest first.</param>
    public sealed record Found(IReadOnlyList<AuditLine> Lines, bool IsMore) : AuditAnswer;

    /// <summary>The last day lies before the first, or they are more than <see cref="AuditQuery.MaxDays"/> days.</summary>
    public sealed record DaysRefused : AuditAnswer;

    public sealed record UnknownStaff : AuditAnswer;

    public sealed record UnknownStudent : AuditAnswer;

    /// <summary>A pupil is asked about without a reason.</summary>
    public sealed record PurposeMissing : AuditAnswer;
}

/// <summary>Answers an administrator's questions about the audit, in names where there are names of staff. A pupil is found
/// only by an id that the administrator already has, and no answer names one.</summary>
public sealed class AuditDesk(AuditSearch search, StaffStore staff, StudentDirectory directory, Enrollments enrollments, ReferralStore referrals)
{
    public async Task<AuditAnswer> AnswerAsync(Authority authority, AuditAsk ask, CancellationToken cancellationToken)
    {
        var query = new AuditQuery(ask.From, ask.To) { Action = ask.Action, School = ask.School };
        if (!query.IsInOrder) return new AuditAnswer.DaysRefused();
        if (ask.Staff is { } typed)
        {
            if (await FindStaffAsync(typed, cancellationToken) is not { } member) return new AuditAnswer.UnknownStaff();
            query = query with { Who = AuditActor.Staff(member.Value) };
        }
        if (ask.Student is not { } student) return await NameAsync(await search.FindAsync(authority, query, cancellationToken), cancellationToken);
        if (ask.Purpose is not { } purpose) return new AuditAnswer.PurposeMissing();
        if (await directory.FindAsync(student, cancellationToken) is not { } key) return new AuditAnswer.UnknownStudent();
        var schools = new HashSet<SchoolId>((await enrollments.FindAsync(key, cancellationToken))?.Enrollments.Select(e => e.School) ?? []);
        schools.UnionWith((await referrals.ReadPupilAsync(key, cancellationToken)).All.Select(r => r.School));
        return await NameAsync(await search.OfPupilAsync(authority, key, schools, purpose, query, cancellationToken), cancellationToken);
    }

    /// <summary>Somebody who has left the staff, or a system, is still found by id.</summary>
    private async ValueTask<StaffId?> FindStaffAsync(string typed, CancellationToken cancellationToken)
    {
        if (typed.Contains('@', StringComparison.Ordinal)) return (await staff.FindByNameAsync(typed, cancellationToken))?.Member.Id;
        return StaffId.TryParse(typed, out var id) ? id : null;
    }

    private async Task<AuditAnswer.Found> NameAsync(AuditFound found, CancellationToken cancellationToken) =>
        new(await NameAsync(found.Entries, cancellationToken), found.IsMore);

    /// <summary>The entries with the names of whoever of the staff did it.</summary>
    public async Task<IReadOnlyList<AuditLine>> NameAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string?>();
        foreach (var who in entries.Select(e => e.Who).Where(w => !w.IsSystem).Distinct())
            names[who.Id] = StaffId.TryParse(who.Id, out var id) ? (await staff.FindAsync(id, cancellationToken))?.Member.DisplayName : null;
        return [.. entries.Select(e => new AuditLine(e, names.GetValueOrDefault(e.Who.Id)))];
    }
}
