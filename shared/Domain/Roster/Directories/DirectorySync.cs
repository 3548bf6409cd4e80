using System.Security.Cryptography;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Roster.Directories;

/// <summary>What became of fetching a roster from the organisation's directory.</summary>
public abstract record DirectorySyncResult
{
    /// <summary>No directory is set up as a source.</summary>
    public sealed record NotSetUp : DirectorySyncResult;

    /// <summary>It names no pupil of a school that has an id: nothing was sent on, so that nobody is taken off a roll.</summary>
    public sealed record Empty : DirectorySyncResult;

    /// <summary>It says what it said the last time.</summary>
    public sealed record Unchanged : DirectorySyncResult;

    /// <summary>Its files are taken in as any other's.</summary>
    public sealed record Sent(IReadOnlyList<FeedId> Feeds, int MembersRead) : DirectorySyncResult;
}

/// <summary>Fetches roster and staff from the organisation's directory and sends them in as files, by the one way that rosters come in.</summary>
/// <param name="directory">Null where none is set up.</param>
public sealed class DirectorySync(DirectoryReader reader, FeedIntake intake, IRosterDirectory? directory = null)
{
    /// <param name="by">Who asked for it; null for the timer.</param>
    public async Task<DirectorySyncResult> RunAsync(Authority? by, CancellationToken cancellationToken)
    {
        if (directory is null) return new DirectorySyncResult.NotSetUp();
        var roster = await reader.ReadAsync(directory, cancellationToken);
        if (!roster.Schools.Any(s => s.School.Id.Length > 0 && s.People.Any(p => p is { Role: DirectoryRole.Pupil, Id.Length: > 0 })))
            return new DirectorySyncResult.Empty();
        var (bundle, staff) = (DirectoryFiles.Bundle(roster), DirectoryFiles.Staff(roster));
        var hash = Convert.ToHexStringLower(SHA256.HashData([.. bundle, .. staff ?? []]));
        var isNew = (await reader.ReadMarkAsync(cancellationToken))?.Sha256 != hash;
        var feeds = new List<FeedId>();
        if (isNew)
        {
            // Pupils first: a class is of pupils who are on a roll.
            await SendAsync(bundle, new FeedRequest(FeedContent.Roster, FileName: "directory.zip") { SentBy = by });
            if (staff is not null) await SendAsync(staff, new FeedRequest(FeedContent.Staff, StaffIntake.AccountsProfile, FileName: "directory.csv") { SentBy = by });
        }
        await reader.KeepMarkAsync(roster.Mark, hash, cancellationToken);
        return isNew ? new DirectorySyncResult.Sent(feeds, roster.MembersRead) : new DirectorySyncResult.Unchanged();

        async Task SendAsync(byte[] content, FeedRequest request)
        {
            using var stream = new MemoryStream(content);
            if (await intake.ReceiveAsync(stream, request, long.MaxValue, null, cancellationToken) is IntakeResult.Accepted { Status.Id: var id }) feeds.Add(id);
        }
    }
}
