using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Demo;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Roster;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Something that happened in the demo, and the mails it led to.</summary>
internal sealed record DemoAlert(DateTimeOffset At, string Happened, IReadOnlyList<MailboxItem> Mails);

/// <summary>Shows what alerts do, on two pupils of the demo: three school days before its last a teacher hands in a form about each, and
/// the counsellor hears a moment later. One form was about the wrong pupil and is withdrawn, so that referral is taken back. The other
/// nobody acknowledges, and on the third school day it goes on to the next. Everything goes the way it always goes: forms, queues,
/// screening, mailbox; only the clock is set.</summary>
internal sealed class DemoAlerts(CommandContext context, DemoClock clock)
{
    private const int SchoolDaysBefore = 3;

    /// <summary>So many pupils are tried before the demo does without: a form alone raises few.</summary>
    private const int MostTried = 20;

    /// <summary>Mostly "often" and "almost always".</summary>
    private static readonly byte?[] Worried = [4, 4, 3, 4, 3, 4, 4, 3, 4, 3, 4, 3, 4];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<DemoAlert> alerts = [];

    /// <returns>Fewer where the district is too small for it.</returns>
    public async Task<IReadOnlyList<DemoAlert>> ShowAsync(DemoDistrict district, CancellationToken cancellationToken)
    {
        var back = clock.GetUtcNow();
        var stories = district.Stories.Select(story => story.Student).ToHashSet();
        foreach (var school in district.Schools.OrderBy(school => school.SlotCount))
        {
            var days = school.Calendar.Days;
            if (days.Count <= SchoolDaysBefore) continue;
            var begins = new DateTimeOffset(days[days.Count - 1 - SchoolDaysBefore], new TimeOnly(10, 0), TimeSpan.Zero);
            clock.Set(begins);
            var candidates = await CandidatesAsync(school.Id, stories, cancellationToken);
            if (await HandInAsync(candidates, cancellationToken) is null) continue;
            clock.Set(begins.AddMinutes(20));
            if (await HandInAsync(candidates, cancellationToken) is not { } mistaken) break;
            clock.Set(begins.AddMinutes(40));
            await WithdrawAsync(mistaken, cancellationToken);
            clock.Set(new DateTimeOffset(days[days.Count - 1], new TimeOnly(16, 30), TimeSpan.Zero));
            await EscalateAsync(cancellationToken);
            break;
        }
        clock.Set(back);
        return alerts;
    }

    /// <summary>Pupils on watch without a referral, each with a teacher whose class they are in.</summary>
    private async Task<Queue<(StudentKey Student, StaffMember Teacher)>> CandidatesAsync(
        SchoolId school, HashSet<StudentUniqueId> stories, CancellationToken cancellationToken)
    {
        var teacherOf = new Dictionary<ClassId, StaffMember>();
        foreach (var teacher in await context.Get<StaffStore>().OfSchoolAsync(school, Role.Teacher, cancellationToken))
            foreach (var of in teacher.Classes) teacherOf.TryAdd(of.Class, teacher);
        var found = new Queue<(StudentKey, StaffMember)>();
        var results = await context.Get<ReferralStore>().ReadSchoolResultsAsync(school, cancellationToken);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var roll in await context.Get<ClassStore>().OfSchoolAsync(school, cancellationToken))
        {
            if (!teacherOf.TryGetValue(roll.Class.Class, out var teacher)) continue;
            foreach (var student in roll.On(today).Where(s => results.TryGetValue(s, out var stored) && stored.Result.Level == Level.Watch))
                if (await context.Get<StudentDirectory>().IdentifyAsync(student, cancellationToken) is { } pupil && !stories.Contains(pupil.UniqueId))
                    found.Enqueue((student, teacher));
        }
        return found;
    }

    /// <summary>A teacher's form about the first of the pupils whom it raises.</summary>
    private async Task<(ObservationId Form, Authority Teacher)?> HandInAsync(
        Queue<(StudentKey Student, StaffMember Teacher)> candidates, CancellationToken cancellationToken)
    {
        var forms = context.Get<ObservationSubmission>();
        for (var tried = 0; tried < MostTried && candidates.TryDequeue(out var next); tried++)
        {
            var by = new Authority(AuditActor.Staff(next.Teacher.Id.Value), [Role.Teacher], null);
            var at = clock.GetUtcNow();
            if (await forms.SubmitAsync(new ObservationDraft(next.Student, null, Worried, null, false), by, null, cancellationToken) is not SubmissionResult.Taken taken)
                continue;
            await WorkAsync(cancellationToken);
            if ((await context.Get<ReferralStore>().ReadPupilAsync(next.Student, cancellationToken)).Open is not null)
            {
                await KeepAsync(at, "A teacher handed in a form.", cancellationToken);
                return (taken.Id, by);
            }
            await forms.WithdrawAsync(taken.Id, by, cancellationToken);
            await WorkAsync(cancellationToken);
        }
        return null;
    }

    private async Task WithdrawAsync((ObservationId Form, Authority Teacher) mistaken, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        await context.Get<ObservationSubmission>().WithdrawAsync(mistaken.Form, mistaken.Teacher, cancellationToken);
        await WorkAsync(cancellationToken);
        await KeepAsync(at, "The teacher withdrew the second form: it was about another pupil.", cancellationToken);
    }

    private async Task EscalateAsync(CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        await context.Get<ReferralEscalation>().SweepAsync(cancellationToken);
        await KeepAsync(at, "Three school days later nobody had acknowledged the first.", cancellationToken);
    }

    private async Task WorkAsync(CancellationToken cancellationToken) =>
        await context.Get<QueuePump>().RunUntilAsync(_ => ValueTask.FromResult(false), cancellationToken);

    /// <summary>Has what is due sent, and keeps what was.</summary>
    private async Task KeepAsync(DateTimeOffset at, string happened, CancellationToken cancellationToken)
    {
        var mailbox = context.Get<FolderMailbox>();
        var before = alerts.Sum(alert => alert.Mails.Count);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pump = context.Get<QueuePump>().RunAsync(stop.Token);
        var deadline = clock.GetUtcNow() + Patience;
        IReadOnlyList<MailboxItem> sent;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            sent = mailbox.Sent();
        }
        while ((sent.Count == before || IsUnderWay()) && clock.GetUtcNow() < deadline && !cancellationToken.IsCancellationRequested);
        await stop.CancelAsync();
        await pump;
        sent = mailbox.Sent();
        alerts.Add(new DemoAlert(at, happened, [.. sent.Take(sent.Count - before).Reverse()]));
    }

    private bool IsUnderWay() => context.Get<SqliteMessageQueue>().Count(QueueName.Notifications).Active > 0;
}
