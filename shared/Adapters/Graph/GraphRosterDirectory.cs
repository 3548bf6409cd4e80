using System.Runtime.CompilerServices;
using Azure.Core;
using Microsoft.Graph;
using Microsoft.Graph.Models;
using SchoolSignal.Domain.Ports;
using DirectoryRole = SchoolSignal.Domain.Ports.DirectoryRole;

namespace SchoolSignal.Adapters.Graph;

/// <summary>Schools, pupils, teachers and classes from Graph's education API. Needs EduRoster.Read.All. Graph reports changed classes, their members
/// included, and not deleted ones (educationClass: delta); schools and their people are read whole, a page of hundreds at a time.</summary>
public sealed class GraphRosterDirectory : IRosterDirectory, IDisposable
{
    /// <summary>The most users of a page.</summary>
    private const int PageSize = 999;

    /// <summary>How often one call is turned away before the whole reading is given up for this time.</summary>
    private const int MostAttempts = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(5);

    private readonly GraphOptions options;
    private readonly TimeProvider time;
    private readonly GraphCalls calls;
    private readonly GraphServiceClient client;

    public GraphRosterDirectory(GraphOptions options, TokenCredential credential, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time;
        calls = new GraphCalls(options, time);
        client = GraphClient.Create(options, credential);
    }

    public async IAsyncEnumerable<DirectorySchool> SchoolsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var schools = client.Education.Schools;
        await foreach (var school in PagesAsync<EducationSchool, EducationSchoolCollectionResponse>(
            cut => schools.GetAsync(cancellationToken: cut), (next, cut) => schools.WithUrl(next).GetAsync(cancellationToken: cut), page => page.Value, cancellationToken))
            yield return new DirectorySchool(
                school.Id ?? "", (options.RosterSchoolId == RosterIdSource.Number ? school.SchoolNumber : school.ExternalId) ?? "", school.DisplayName ?? "");
    }

    public async IAsyncEnumerable<DirectoryPerson> PeopleAsync(string schoolKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var users = client.Education.Schools[schoolKey].Users;
        await foreach (var user in PagesAsync<EducationUser, EducationUserCollectionResponse>(
            cut => users.GetAsync(request => request.QueryParameters.Top = PageSize, cut),
            (next, cut) => users.WithUrl(next).GetAsync(cancellationToken: cut), page => page.Value, cancellationToken))
            yield return PersonOf(user);
    }

    public async IAsyncEnumerable<DirectoryClass> ClassesAsync(string schoolKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var classes = client.Education.Schools[schoolKey].Classes;
        await foreach (var of in PagesAsync<EducationClass, EducationClassCollectionResponse>(
            cut => classes.GetAsync(cancellationToken: cut), (next, cut) => classes.WithUrl(next).GetAsync(cancellationToken: cut), page => page.Value, cancellationToken))
            yield return new DirectoryClass(of.Id ?? "", of.ExternalId ?? "", of.DisplayName ?? "");
    }

    public async ValueTask<ClassChanges> ClassChangesAsync(string? mark, CancellationToken cancellationToken)
    {
        var delta = client.Education.Classes.Delta;
        var changed = new HashSet<string>();
        var isWhole = mark is null;
        var page = mark is null ? null : await AskAsync(cut => delta.WithUrl(mark).GetAsDeltaGetResponseAsync(cancellationToken: cut), mayBeRefused: true, cancellationToken);
        if (page is null)
        {
            // The first time, or Graph no longer knows what it said then (410): from the beginning.
            isWhole = true;
            page = await AskAsync(cut => delta.GetAsDeltaGetResponseAsync(cancellationToken: cut), mayBeRefused: false, cancellationToken);
        }
        while (true)
        {
            changed.UnionWith((page!.Value ?? []).Select(of => of.Id ?? ""));
            if (page.OdataNextLink is not { } next)
                return new ClassChanges(isWhole ? null : changed, page.OdataDeltaLink ?? throw new IOException("Microsoft Graph gave no delta link."));
            page = await AskAsync(cut => delta.WithUrl(next).GetAsDeltaGetResponseAsync(cancellationToken: cut), mayBeRefused: false, cancellationToken);
        }
    }

    public async ValueTask<DirectoryMembers> MembersAsync(string classKey, CancellationToken cancellationToken)
    {
        var (members, teachers) = (client.Education.Classes[classKey].Members, client.Education.Classes[classKey].Teachers);
        var teaching = await KeysAsync(
            cut => teachers.GetAsync(cancellationToken: cut), (next, cut) => teachers.WithUrl(next).GetAsync(cancellationToken: cut), cancellationToken);
        // Teachers are members, too.
        var all = await KeysAsync(
            cut => members.GetAsync(cancellationToken: cut), (next, cut) => members.WithUrl(next).GetAsync(cancellationToken: cut), cancellationToken);
        return new DirectoryMembers([.. all.Except(teaching)], teaching);
    }

    public void Dispose() => calls.Dispose();

    private DirectoryPerson PersonOf(EducationUser user)
    {
        var role = user.PrimaryRole switch
        {
            EducationUserRole.Student => DirectoryRole.Pupil,
            EducationUserRole.Teacher => DirectoryRole.Teacher,
            _ => DirectoryRole.Other,
        };
        var id = role == DirectoryRole.Pupil
            ? options.RosterStudentId == RosterIdSource.Number ? user.Student?.StudentNumber : user.Student?.ExternalId
            : user.Teacher?.ExternalId;
        return new DirectoryPerson(
            user.Id ?? "", role, id ?? "", user.GivenName ?? "", user.Surname ?? "", user.DisplayName ?? "", user.Student?.Grade ?? "",
            user.UserPrincipalName ?? "", user.AccountEnabled != false);
    }

    private async Task<List<string>> KeysAsync(
        Func<CancellationToken, Task<EducationUserCollectionResponse?>> first,
        Func<string, CancellationToken, Task<EducationUserCollectionResponse?>> following, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (var user in PagesAsync<EducationUser, EducationUserCollectionResponse>(first, following, page => page.Value, cancellationToken))
            if (user.Id is { Length: > 0 } key) keys.Add(key);
        return keys;
    }

    private async IAsyncEnumerable<TItem> PagesAsync<TItem, TPage>(
        Func<CancellationToken, Task<TPage?>> first, Func<string, CancellationToken, Task<TPage?>> following, Func<TPage, List<TItem>?> items,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : BaseCollectionPaginationCountResponse
    {
        var page = await AskAsync(first, mayBeRefused: false, cancellationToken);
        while (page is not null)
        {
            foreach (var item in items(page) ?? []) yield return item;
            page = page.OdataNextLink is { } next ? await AskAsync(cut => following(next, cut), mayBeRefused: false, cancellationToken) : null;
        }
    }

    /// <summary>Asks until there is an answer, waiting as long as the service wishes.</summary>
    /// <returns>Null only where it may be refused, and was.</returns>
    /// <exception cref="IOException">Refused, or no answer after <see cref="MostAttempts"/>. The message holds Graph's code and nothing of anybody.
    /// </exception>
    private async Task<T?> AskAsync<T>(Func<CancellationToken, Task<T?>> call, bool mayBeRefused, CancellationToken cancellationToken) where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await calls.RepeatAsync("education", call, cancellationToken);
            if (reply is { End: GraphEnd.Done, Value: { } value }) return value;
            if (reply.End == GraphEnd.Refused && mayBeRefused) return null;
            if (reply.End is GraphEnd.Refused or GraphEnd.Done) throw new IOException($"Microsoft Graph refuses to give the roster ({reply.Code}).");
            var next = reply.NotBefore ?? time.GetUtcNow() + Patience;
            if (attempt == MostAttempts || next > time.GetUtcNow() + LongestPatience)
                throw new IOException("Microsoft Graph does not answer; the roster is fetched again at its next time.");
            // A timer may fire a moment early; a call before its time would be turned away again.
            while (next - time.GetUtcNow() is { Ticks: > 0 } left) await Task.Delay(left, time, cancellationToken);
        }
    }
}
