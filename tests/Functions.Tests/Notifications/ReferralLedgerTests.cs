using System.Globalization;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Referrals;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Notifications;

/// <summary>R1 and R2: what was opened is told and listed once, none lost, none invented, whatever dies in between. Counted as Jepsen's
/// total-queue does: lost, unexpected, duplicated.</summary>
public sealed class ReferralLedgerTests(ITestOutputHelper output)
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1";

    [Fact]
    public async Task R1_ReferralsThroughEverything_NoneLostNoneUnexpectedNoneTwice()
    {
        var count = IsFull ? 10_000 : 200;
        // Ten minutes a second: the mailbox's rate of a day passes in a test's seconds. Ten thousand take two school days, without their nights.
        var time = new ScaledTime(IsFull ? 300 : 600, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock);
        await using var app = new LocalApp(AlertRig.Thursday, time);
        if (IsFull)
            Assert.True(await app.Get<NotificationSettingsStore>().SaveAsync(
                NotificationSettings.Default with { QuietFrom = new TimeOnly(0, 0), QuietTo = new TimeOnly(0, 0) }, null, CancellationToken.None));
        await AlertRig.HireAsync(app, "green", Role.Counsellor);
        var opened = new HashSet<string>();
        for (var i = 0; i < count; i++)
            opened.Add(Assert.IsType<ReferralChange.Opened>(await AlertRig.ScreenAsync(app, StudentKey.New(), Level.Raised, AlertRig.Thursday)).After.Id.ToString());

        using var stop = new CancellationTokenSource();
        var pump = app.Get<QueuePump>().RunAsync(stop.Token);
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(60 + (count / 10));
        while (app.Get<FolderMailbox>().Sent().Count < count && TimeProvider.System.GetUtcNow() < deadline) await Task.Delay(IsFull ? 2_000 : 100, CancellationToken.None);
        await stop.CancelAsync();
        await pump;

        var listed = (await app.Get<Worklist>().ReadAsync(AlertRig.Oakfield, CancellationToken.None)).Listed.Select(r => r.Id.ToString()).ToList();
        var told = (await AlertRig.LogAsync(app)).Where(n => n.State == NotificationState.Sent).Select(n => n.Subject.Id).ToList();
        Report("R1 worklist", opened, listed);
        Report("R1 alerts", opened, told);
        Report("R1 mailbox", [.. told.Select((_, i) => i.ToString(CultureInfo.InvariantCulture))],
            [.. app.Get<FolderMailbox>().Sent().DistinctBy(m => m.Key).Select((_, i) => i.ToString(CultureInfo.InvariantCulture))]);
        Assert.Equal(count, app.Get<FolderMailbox>().Sent().Count);
    }

    [Fact]
    public async Task R2_KilledAtAnyBoundary_WhatIsLeftIsFinishedOnce()
    {
        var boundaries = await CountBoundariesAsync();
        var random = new Random(20260321);
        var chosen = IsFull ? [.. Enumerable.Range(1, boundaries)] : Enumerable.Range(1, boundaries).OrderBy(_ => random.Next()).Take(12).Order().ToList();
        var twice = 0;
        using var before = new TempFolder();
        var opened = await OpenAsync(before.Path);
        foreach (var boundary in chosen)
        {
            using var folder = new TempFolder();
            Copy(before.Path, folder.Path);
            using (var child = KilledDelivery.Start(folder.Path, boundary)) await child.WaitForExitAsync(TestContext.Current.CancellationToken);

            // An hour later: what the dead process had on loan is due again, and so is the look-up of an uncertain send.
            await using var app = new LocalApp(AlertRig.Thursday, new ScaledTime(600, TimeProvider.System.GetUtcNow(), AlertRig.NineOClock.AddHours(1)), folder.Path);
            await app.Get<OutboxSweeper>().SweepAsync(CancellationToken.None);
            await KilledDelivery.FinishAsync(app, opened.Count);

            var mails = app.Get<FolderMailbox>().Sent();
            twice += mails.Count - mails.DistinctBy(m => m.Key).Count();
            var told = (await AlertRig.LogAsync(app)).Where(n => n.State == NotificationState.Sent).Select(n => n.Subject.Id).ToList();
            DeliveryLedger.Check($"boundary {boundary}, alerts", opened, told);
            DeliveryLedger.Check($"boundary {boundary}, worklist", opened,
                [.. (await app.Get<Worklist>().ReadAsync(AlertRig.Oakfield, CancellationToken.None)).Listed.Select(r => r.Id.ToString())]);
            Assert.Equal(opened.Count, mails.DistinctBy(m => m.Key).Count());
        }
        output.WriteLine($"R2: {chosen.Count} of {boundaries} boundaries, one kill -9 each: lost 0, unexpected 0, mails sent twice {twice}");
        Assert.Equal(0, twice);
    }

    /// <summary>A run that nobody kills says how many reads, writes and sends there are.</summary>
    private static async Task<int> CountBoundariesAsync()
    {
        using var folder = new TempFolder();
        await OpenAsync(folder.Path);
        using var child = KilledDelivery.Start(folder.Path, int.MaxValue);
        var count = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return int.Parse(count.Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>The same beginning for every boundary.</summary>
    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<HashSet<string>> OpenAsync(string folder)
    {
        await using var app = new LocalApp(AlertRig.Thursday, new DemoClock(AlertRig.NineOClock), folder);
        await AlertRig.HireAsync(app, "green", Role.Counsellor);
        var opened = new HashSet<string>();
        for (var i = 0; i < KilledDelivery.Referrals; i++)
            opened.Add(Assert.IsType<ReferralChange.Opened>(await AlertRig.ScreenAsync(app, StudentKey.New(), Level.Raised, AlertRig.Thursday)).After.Id.ToString());
        return opened;
    }

    private void Report(string what, HashSet<string> expected, IReadOnlyList<string> found)
    {
        DeliveryLedger.Check(what, expected, found);
        output.WriteLine($"{what}: {expected.Count} expected, lost 0, unexpected 0, duplicates 0");
    }
}
